// SPDX-License-Identifier: BSD-3-Clause
// The official Go SDK with one tool: go_sdk stdio, or go_sdk http, whose first line is its address.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type echo struct {
	Text string `json:"text,omitempty"`
}

func answer(_ context.Context, _ *mcp.CallToolRequest, in echo) (*mcp.CallToolResult, any, error) {
	if in.Text == "" {
		in.Text = "nothing"
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: in.Text}}}, nil, nil
}

func main() {
	server := mcp.NewServer(&mcp.Implementation{Name: "echo", Version: "1"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "echo", Description: "Echo"}, answer)
	if len(os.Args) > 1 && os.Args[1] == "stdio" {
		if err := server.Run(context.Background(), &mcp.StdioTransport{}); err != nil {
			log.Fatal(err)
		}
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/mcp\n", listener.Addr())
	options := &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true}
	one := func(*http.Request) *mcp.Server { return server }
	log.Fatal(http.Serve(listener, mcp.NewStreamableHTTPHandler(one, options)))
}
