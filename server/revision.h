// SPDX-License-Identifier: BSD-3-Clause
// The revisions of MCP that we speak, and what a client of each may receive.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/registry.h"

namespace dhis2mcp {

// In order of age, so that `revision >= Revision::r2025_06_18` reads as "knows titles".
enum class Revision { r2024_11_05, r2025_03_26, r2025_06_18, r2025_11_25, r2026_07_28 };

std::string_view to_string(Revision revision);
std::optional<Revision> revision(std::string_view text);

// The newest one that starts with `initialize`; what an unknown wish is answered with.
inline constexpr Revision kNewestLegacy = Revision::r2025_11_25;

// Carried by each request in its own `_meta`, without a handshake.
inline bool is_modern(Revision r) { return r >= Revision::r2026_07_28; }

inline bool allows_batches(Revision r) { return r == Revision::r2025_03_26; }
inline bool knows_structured_content(Revision r) { return r >= Revision::r2025_06_18; }
inline bool knows_titles(Revision r) { return r >= Revision::r2025_06_18; }
inline bool knows_links(Revision r) { return r >= Revision::r2025_06_18; }
inline bool knows_audio(Revision r) { return r >= Revision::r2025_03_26; }
inline bool knows_progress_messages(Revision r) { return r >= Revision::r2025_03_26; }
inline bool knows_forms(Revision r) { return r >= Revision::r2025_06_18; }
inline bool knows_url_questions(Revision r) { return r >= Revision::r2025_11_25; }

// Whether a client comes back to a stream that ended early (polling).
inline bool knows_polling(Revision r) { return r == Revision::r2025_11_25; }

// Whether an error about an unreadable message leaves `id` out; older schemas demand a null.
inline bool may_omit_error_id(Revision r) { return r >= Revision::r2025_11_25; }

ListForm list_form(Revision r);

// `["2026-07-28",...]`, newest first.
const std::string& supported_versions();

// The Implementation object by which we introduce ourselves.
const std::string& server_info(Revision r);

}  // namespace dhis2mcp
