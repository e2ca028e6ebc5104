// SPDX-License-Identifier: BSD-3-Clause
// Ids are kept once and values refer to them by number: an id is 11 letters, and the same few
// stand in every row.
#include "tools/held_values.h"

#include <fcntl.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <unistd.h>

#include "auth/places.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void throw_disk() {
  throw Error(
      ErrorKind::unavailable,
      std::string("The values of this answer could not be kept: ") + std::strerror(errno) + ".",
      "Make room on the disk, or ask for less.");
}

}  // namespace

struct HeldValues::File {
  std::FILE* stream = nullptr;
  ~File() {
    if (stream != nullptr) std::fclose(stream);
  }

  void put(const void* data, std::size_t size) const {
    if (std::fwrite(data, 1, size, stream) != size) throw_disk();
  }
  void put_text(const std::string& text) const {
    const auto size = static_cast<std::uint32_t>(text.size());
    put(&size, sizeof size);
    put(text.data(), size);
  }
  void take(void* data, std::size_t size) const {
    if (std::fread(data, 1, size, stream) != size) throw_disk();
  }
  void take_text(std::string& text) const {
    std::uint32_t size = 0;
    take(&size, sizeof size);
    text.resize(size);
    take(text.data(), size);
  }
};

HeldValues::HeldValues(std::filesystem::path folder) : folder_(std::move(folder)) {}
HeldValues::~HeldValues() = default;

std::uint32_t HeldValues::place(Dimension dimension, std::string&& id) {
  auto& places = places_[dimension];
  const auto found = places.find(id);
  if (found != places.end()) return found->second;
  auto& ids = ids_[dimension];
  ids.push_back(std::move(id));  // a deque, so that the views of the others stay
  const auto at = static_cast<std::uint32_t>(ids.size() - 1);
  places.emplace(ids.back(), at);
  return at;
}

void HeldValues::add(DataValue&& value) {
  if (size_ == kMost) {
    throw Error(ErrorKind::bad_input, "DHIS2 sent more than 10,000,000 values.",
                "Ask for fewer periods, org units or data elements at once.");
  }
  Held held;
  held.at = {place(unit, std::move(value.org_unit)),
             place(period, std::move(value.period)),
             place(element, std::move(value.data_element)),
             place(option, std::move(value.option_combo)),
             place(attribute, std::move(value.attribute_combo)),
             place(user, std::move(value.stored_by))};
  held.value = std::move(value.value);
  held.comment = std::move(value.comment);
  held.updated = std::move(value.updated);
  held.follow_up = value.follow_up;
  any_comment_ = any_comment_ || !held.comment.empty();
  any_follow_up_ = any_follow_up_ || held.follow_up;
  if (first_updated_.empty() || held.updated < first_updated_) first_updated_ = held.updated;
  if (held.updated > last_updated_) last_updated_ = held.updated;
  if (++size_ <= kInMemory) {
    memory_.push_back(std::move(held));
    return;
  }
  if (!file_) {
    open_file();
    for (const Held& earlier : memory_) write(earlier);
    memory_ = {};
  }
  write(held);
}

void HeldValues::open_file() {
  make_private_folder(folder_);
  std::string name = (folder_ / "values-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);  // 0600
  if (descriptor < 0) throw_disk();
  ::unlink(name.c_str());
  file_ = std::make_unique<File>();
  file_->stream = ::fdopen(descriptor, "w+b");
  if (file_->stream != nullptr) return;
  ::close(descriptor);
  throw_disk();
}

void HeldValues::write(const Held& held) {
  file_->put(held.at.data(), sizeof held.at);
  file_->put(&held.follow_up, sizeof held.follow_up);
  file_->put_text(held.value);
  file_->put_text(held.comment);
  file_->put_text(held.updated);
}

void HeldValues::each(const std::function<bool(const Held& held)>& visit) const {
  if (!file_) {
    for (const Held& held : memory_) {
      if (!visit(held)) return;
    }
    return;
  }
  std::rewind(file_->stream);
  Held held;
  for (std::uint64_t i = 0; i < size_; ++i) {
    file_->take(held.at.data(), sizeof held.at);
    file_->take(&held.follow_up, sizeof held.follow_up);
    file_->take_text(held.value);
    file_->take_text(held.comment);
    file_->take_text(held.updated);
    if (!visit(held)) return;
  }
}

}  // namespace dhis2mcp
