// SPDX-License-Identifier: BSD-3-Clause
// mcp-go with one tool: mcp_go stdio, or mcp_go http, whose first line is its address.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func answer(_ context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	return mcp.NewToolResultText(request.GetString("text", "nothing")), nil
}

func main() {
	echo := server.NewMCPServer("echo", "1")
	echo.AddTool(mcp.NewTool("echo", mcp.WithDescription("Echo"), mcp.WithString("text")), answer)
	if len(os.Args) > 1 && os.Args[1] == "stdio" {
		if err := server.ServeStdio(echo); err != nil {
			log.Fatal(err)
		}
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/mcp\n", listener.Addr())
	log.Fatal(http.Serve(listener, server.NewStreamableHTTPServer(echo, server.WithStateLess(true))))
}
