# SPDX-License-Identifier: BSD-3-Clause
"""FastMCP with one tool: fastmcp_echo.py stdio, or http, whose first line is its address."""
import asyncio
import socket
import sys


from fastmcp import FastMCP

server = FastMCP("echo")


@server.tool
def echo(text: str = "nothing") -> str:
    return text


if sys.argv[1:] == ["stdio"]:
    server.run(show_banner=False)
else:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    asyncio.run(server.run_http_async(
        show_banner=False, sockets=[listener], json_response=True, stateless_http=True,
        log_level="warning"))
