// SPDX-License-Identifier: BSD-3-Clause
// A stream is a numbered buffer; whoever carries it is called with its mutex held, so that nothing
// overtakes what is sent again.
#include "server/streams.h"

#include <charconv>

namespace dhis2mcp {
namespace {

constexpr int kRetryMs = 1000;
constexpr std::size_t kMostStreams = 16;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string Stream::id_of(std::uint64_t event) const {
  return std::to_string(number_) + "-" + std::to_string(event);
}

void Stream::keep(const std::string& text) {
  kept_.emplace_back(++last_, text);
  bytes_ += text.size();
  while (bytes_ > kMostKept && kept_.size() > 1) {
    bytes_ -= kept_.front().second.size();
    kept_.pop_front();
  }
}

void Stream::say(Event event) {
  const std::lock_guard lock(mutex_);
  if (complete_) return;
  keep(event.text);
  if (connection_) connection_->say({std::move(event.text), id_of(last_), 0});
}

void Stream::send(Reply reply) {
  const std::lock_guard lock(mutex_);
  if (complete_) return;
  complete_ = true;
  if (!reply.text.empty()) keep(reply.text);
  reply.event_id = id_of(last_);
  if (connection_) connection_->send(std::move(reply));
  connection_.reset();
}

void Stream::part() {
  const std::lock_guard lock(mutex_);
  if (connection_) connection_->part();
  connection_.reset();
}

bool Stream::open() const {
  const std::lock_guard lock(mutex_);
  return connection_ && connection_->open();
}

void Stream::carry(std::shared_ptr<Outlet> connection, std::optional<std::uint64_t> seen) {
  const std::lock_guard lock(mutex_);
  if (connection_) connection_->part();
  connection_ = std::move(connection);
  // Something at once, so that the head of the answer goes out.
  connection_->say(primed_ && !seen ? Event{{}, id_of(last_), kRetryMs} : Event{});
  for (const auto& [number, text] : kept_) {
    if (number <= seen.value_or(last_) || (complete_ && number == last_)) continue;
    connection_->say({text, id_of(number), 0});
  }
  if (!complete_) return;
  const bool more = last_ > seen.value_or(last_) && !kept_.empty();
  connection_->send({more ? kept_.back().second : std::string(), 200, {}, id_of(last_)});
  connection_.reset();
}

bool Stream::complete() const {
  const std::lock_guard lock(mutex_);
  return complete_;
}

std::size_t Stream::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::shared_ptr<Stream> Streams::begin(std::shared_ptr<Outlet> connection, bool primed) {
  std::shared_ptr<Stream> stream;
  {
    const std::lock_guard lock(mutex_);
    make_room();
    stream = std::make_shared<Stream>(++last_, primed);
    streams_.emplace(last_, stream);
  }
  stream->carry(std::move(connection));
  return stream;
}

bool Streams::stand(const std::shared_ptr<Outlet>& connection, bool primed) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Stream>& stream = streams_[standing_ == 0 ? standing_ = ++last_ : standing_];
  if (!stream) stream = std::make_shared<Stream>(standing_, primed);
  if (stream->open()) return false;
  stream->carry(connection);
  return true;
}

bool Streams::resume(std::string_view last_event_id, const std::shared_ptr<Outlet>& connection) {
  const std::size_t dash = last_event_id.find('-');
  if (dash == std::string_view::npos) return false;
  const auto number = number_of(last_event_id.substr(0, dash));
  const auto seen = number_of(last_event_id.substr(dash + 1));
  if (!number || !seen) return false;
  std::shared_ptr<Stream> stream;
  {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(*number);
    if (found == streams_.end()) return false;
    stream = found->second;
  }
  stream->carry(connection, *seen);
  return true;
}

void Streams::push(const std::string& text) {
  const std::lock_guard lock(mutex_);
  const auto standing = streams_.find(standing_);
  if (standing != streams_.end()) standing->second->say({text, {}, 0});
}

void Streams::close() {
  const std::lock_guard lock(mutex_);
  for (const auto& [number, stream] : streams_) stream->part();
}

// Those whose answer is complete go first, the oldest before the others; what still runs stays.
void Streams::make_room() {
  std::size_t bytes = 0;
  for (const auto& [number, stream] : streams_) bytes += stream->bytes();
  for (auto each = streams_.begin(); each != streams_.end();) {
    if (streams_.size() < kMostStreams && bytes < kMostKept) return;
    if (each->second->complete()) {
      bytes -= each->second->bytes();
      each = streams_.erase(each);
    } else {
      ++each;
    }
  }
}

}  // namespace dhis2mcp
