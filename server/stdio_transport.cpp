// SPDX-License-Identifier: BSD-3-Clause
// A thread that reads, a mutex that orders writes.
#include "server/stdio_transport.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <system_error>

#include "dhis2/error.h"
#include "server/frame.h"

namespace dhis2mcp {
namespace {

// Each message is one write, so that the lines of two threads never mix.
class LineOutlet final : public Outlet {
 public:
  LineOutlet(int output, int stop) : output_(output), stop_(stop) {}

  bool speaks() const override { return true; }
  void say(Event event) override { write_line(std::move(event.text)); }
  void send(Reply reply) override { write_line(std::move(reply.text)); }

  // The errno of a write that failed though somebody may still read; 0 for none.
  int lost() const { return lost_; }

 private:
  void write_line(std::string text) {
    if (text.empty()) return;
    text += '\n';
    const std::lock_guard lock(mutex_);
    std::string_view rest = text;
    while (!rest.empty() && !closed_) {
      const ssize_t written = write(output_, rest.data(), rest.size());
      if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
      if (written < 0 && errno != EAGAIN && errno != EINTR) fail();
      if (!rest.empty() && !closed_) wait_for_reader();
    }
  }

  void fail() {
    closed_ = true;
    if (errno != EPIPE && errno != ECONNRESET) lost_ = errno;
  }

  // A descriptor that somebody made non-blocking, or a signal in mid-write. Once the process was
  // told to end, a reader that does not read is given a moment, no more.
  void wait_for_reader() {
    std::array<pollfd, 2> wait = {{{output_, POLLOUT, 0}, {stop_, POLLIN, 0}}};
    poll(wait.data(), stop_ < 0 ? 1 : 2, -1);
    if (stop_ < 0 || wait[1].revents == 0 || (wait[0].revents & POLLOUT) != 0) return;
    poll(wait.data(), 1, 200);
    if ((wait[0].revents & POLLOUT) == 0) closed_ = true;
  }

  const int output_, stop_;
  std::mutex mutex_;
  bool closed_ = false;
  std::atomic<int> lost_{0};
};

class Reader {
 public:
  Reader(Dispatcher& dispatcher, Pool& pool, const StdioOptions& options)
      : dispatcher_(dispatcher),
        pool_(pool),
        options_(options),
        outlet_(std::make_shared<LineOutlet>(options.output, options.stop)),
        lines_([this](std::string line) { take(std::move(line)); }, [this] { too_long(); }) {
    arrival_.line = std::make_shared<Session>();
  }

  ~Reader() { arrival_.line->line.reset(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void run() {
    while (outlet_->lost() == 0 && wait_for_input() && read_some()) {
    }
    if (options_.on_ending) options_.on_ending();
    dispatcher_.end_streams(arrival_.line.get());
    const auto now = std::chrono::steady_clock::now();
    if (pool_.wait_until_idle(now + options_.grace)) return;
    arrival_.line->in_flight.stop_all();
    pool_.wait_until_idle(now + options_.grace + options_.stopping);
  }

  void demand_nothing_lost() const {
    if (outlet_->lost() == 0) return;
    throw Error(
        ErrorKind::refused,
        "An answer could not be written: " + std::generic_category().message(outlet_->lost()) + ".",
        "What the calls did stays done; only the words are lost. Send stdout to a place "
        "with room.");
  }

 private:
  // False when there is nothing to read for any more.
  bool wait_for_input() const {
    for (;;) {
      std::array<pollfd, 3> wait = {
          {{options_.input, POLLIN, 0}, {options_.output, 0, 0}, {options_.stop, POLLIN, 0}}};
      if (poll(wait.data(), options_.stop < 0 ? 2 : 3, -1) < 0) {
        if (errno == EINTR) continue;
        return false;
      }
      if (options_.stop >= 0 && wait[2].revents != 0) return false;
      // A pipe that lost its reader says the first, a socket (what Node.js gives) the second.
      if ((wait[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return false;
      if (wait[0].revents != 0) return true;
    }
  }

  bool read_some() {
    const ssize_t count = read(options_.input, buffer_.data(), buffer_.size());
    if (count > 0) {
      lines_.feed({buffer_.data(), static_cast<std::size_t>(count)});
      return true;
    }
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    lines_.finish();
    return false;
  }

  void take(std::string line) {
    pool_.wait_for_room();
    dispatcher_.handle(std::move(line), arrival_, outlet_);
  }

  void too_long() {
    Dispatcher::refuse_unreadable("A message has at most 4 MiB.", arrival_, *outlet_);
  }

  Dispatcher& dispatcher_;
  Pool& pool_;
  const StdioOptions& options_;
  std::shared_ptr<LineOutlet> outlet_;
  Arrival arrival_;
  LineSplitter lines_;
  std::array<char, 64 * 1024> buffer_;
};

}  // namespace

void serve_stdio(Dispatcher& dispatcher, Pool& pool, const StdioOptions& options) {
  const auto reader = std::make_unique<Reader>(dispatcher, pool, options);
  reader->run();
  reader->demand_nothing_lost();
}

}  // namespace dhis2mcp
