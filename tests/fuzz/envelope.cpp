// SPDX-License-Identifier: BSD-3-Clause
// The envelope: a message that is taken is one, ids come back as they were written, and whatever is
// answered is JSON.
#include <cstdint>
#include <string>
#include <string_view>

#include "server/json_text.h"
#include "server/jsonrpc.h"
#include "tests/fuzz/demand.h"

namespace {

using dhis2mcp::Message;
using dhis2mcp::MessageKind;

bool lies_in(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void read(std::string_view text) {
  const Message message = dhis2mcp::read_message(text);
  DEMAND(message.id.empty() == (message.kind == MessageKind::notification) ||
         message.kind == MessageKind::response);
  DEMAND(lies_in(message.id, text) && lies_in(message.params, text));
  DEMAND(message.params.empty() || dhis2mcp::type_of(message.params) == dhis2mcp::JsonType::object);
  DEMAND(lies_in(message.claim.protocol_version, message.params));
  DEMAND(lies_in(message.claim.progress_token, message.params));
  if (message.id.empty()) return;
  const std::string answer = dhis2mcp::result_message(message.id, "{}");
  DEMAND(!dhis2mcp::check_json(answer));
  DEMAND(dhis2mcp::member(answer, "id") == message.id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (dhis2mcp::check_json(text)) return 0;
  try {
    read(text);
  } catch (const dhis2mcp::BadMessage& bad) {
    DEMAND(bad.error.code == dhis2mcp::kInvalidRequest ||
           bad.error.code == dhis2mcp::kInvalidParams);
    for (const bool omit : {false, true}) {
      const std::string answer = dhis2mcp::error_message(bad.id, bad.error, omit);
      DEMAND(!dhis2mcp::check_json(answer));
      DEMAND(bad.id.empty() || dhis2mcp::member(answer, "id") == bad.id);
    }
  }
  return 0;
}
