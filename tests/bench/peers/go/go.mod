// The echo servers of two Go SDKs. The sums that go keeps beside it are made where it is built.
module peers

go 1.25.0

require (
	github.com/mark3labs/mcp-go v1.2.1
	github.com/modelcontextprotocol/go-sdk v1.8.0
)
