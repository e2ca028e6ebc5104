// SPDX-License-Identifier: BSD-3-Clause
// spdlog with a sink of our own: a full pipe on stderr must not hold up an answer.
#include "server/log.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <memory>
#include <mutex>
#include <thread>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "server/json_text.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostKept = 1024 * 1024;
constexpr std::size_t kLongestValue = 200;

std::atomic<LogLevel> threshold{LogLevel::off};
std::atomic<bool> as_json{false};

// Collects lines under its mutex; a thread writes them in blocks.
class PatientSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit PatientSink(int fd) : fd_(fd) {}

  ~PatientSink() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    line_came_.notify_all();
    if (writer_.joinable()) writer_.join();
    if (fd_ != STDERR_FILENO) close(fd_);
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (kept_.size() + message.payload.size() + 1 > kMostKept) {
      ++lost_;
      return;
    }
    const bool was_empty = kept_.empty();
    kept_.append(message.payload.data(), message.payload.size()).append("\n");
    if (!writer_.joinable()) {
      writer_ = start_writer();
    } else if (was_empty) {
      line_came_.notify_one();
    }
  }

  void flush_() override {}

  std::thread start_writer() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    std::thread thread([this] { write_lines(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
  }

  void write_lines() {
    using std::chrono::milliseconds;
    std::unique_lock lock(mutex_);
    std::string block;
    for (;;) {
      line_came_.wait(lock, [this] { return closing_ || !kept_.empty(); });
      if (kept_.empty()) return;
      block.swap(kept_);
      if (lost_ > 0) {
        block.append("log lines lost, nobody read stderr: ").append(std::to_string(lost_));
        block += '\n';
        lost_ = 0;
      }
      const bool last = closing_;
      lock.unlock();
      write_block(block, last);
      block.clear();
      lock.lock();
      // A burst of calls is written in few blocks.
      line_came_.wait_for(lock, milliseconds(20), [this] { return closing_; });
    }
  }

  // In pieces that a pipe with room takes whole, so that a write never blocks.
  void write_block(std::string_view block, bool last) {
    while (!block.empty()) {
      pollfd ready{fd_, POLLOUT, 0};
      if (poll(&ready, 1, last || closing_now() ? 200 : 1000) <= 0) {
        if (last || closing_now()) return;
        continue;
      }
      const ssize_t written = write(fd_, block.data(), std::min<std::size_t>(block.size(), 4096));
      if (written < 0 && errno != EINTR && errno != EAGAIN) return;
      if (written > 0) block.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  bool closing_now() {
    const std::lock_guard lock(mutex_);
    return closing_;
  }

  const int fd_;
  std::string kept_;
  std::size_t lost_ = 0;
  bool closing_ = false;
  std::condition_variable_any line_came_;
  std::thread writer_;
};

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance;
  return instance;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::trace, spdlog::level::debug,
                                                   spdlog::level::info,  spdlog::level::warn,
                                                   spdlog::level::err,   spdlog::level::off};
  return kLevels[static_cast<int>(level)];
}

std::string now_text() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  char text[96];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string millis = std::to_string(1000 + now.tv_nsec / 1'000'000);
  return std::string(text, length) + "." + millis.substr(1) + "Z";
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("-_./:").find(c) != std::string_view::npos;
  });
}

void append_value(std::string& line, const LogField& field, bool json) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    const std::string_view cut = text->substr(0, kLongestValue);
    if (!json && is_plain(cut)) {
      line.append(cut);
    } else {
      append_quoted(line, cut);
    }
    return;
  }
  char digits[40];
  const auto end =
      std::holds_alternative<double>(field.value)
          ? std::to_chars(digits, digits + sizeof digits, std::get<double>(field.value),
                          std::chars_format::fixed, 3)
          : std::to_chars(digits, digits + sizeof digits, std::get<std::size_t>(field.value));
  line.append(digits, end.ptr);
}

bool is_empty(const LogField& field) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  return text != nullptr && text->empty();
}

constexpr std::string_view kLevelNames[] = {"trace", "debug", "info", "warn", "error", "off"};

std::string line_of(LogLevel level, std::string_view event, std::initializer_list<LogField> fields,
                    bool json) {
  std::string line;
  line.reserve(200);
  const std::string_view level_name = kLevelNames[static_cast<int>(level)];
  if (json) {
    line.append(R"({"time":")").append(now_text()).append(R"(","level":")").append(level_name);
    line.append(R"(","event":)");
    append_quoted(line, event);
  } else {
    line.append(now_text()).append(" ").append(level_name).append(" ").append(event);
  }
  for (const LogField& field : fields) {
    if (is_empty(field)) continue;
    line.append(json ? ",\"" : " ").append(field.name).append(json ? "\":" : "=");
    append_value(line, field, json);
  }
  if (json) line += '}';
  return line;
}

}  // namespace

void start_log(const LogOptions& options) {
  int fd = STDERR_FILENO;
  if (!options.file.empty() && options.level != LogLevel::off) {
    fd = open(options.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
      throw ConfigurationError(ErrorKind::bad_input, "Cannot open the log file " + options.file,
                               "Give --log-file a path in a folder that you may write to.");
    }
  }
  auto made = std::make_shared<spdlog::logger>("dhis2-mcp", std::make_shared<PatientSink>(fd));
  made->set_level(spdlog_level(options.level));
  logger() = std::move(made);
  as_json = options.json;
  threshold = options.level;
}

void stop_log() {
  threshold = LogLevel::off;
  logger().reset();
}

bool log_enabled(LogLevel level) { return level >= threshold.load(std::memory_order_relaxed); }

void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  const std::shared_ptr<spdlog::logger> current = logger();
  if (!current) return;
  const std::string line = line_of(level, event, fields, as_json.load(std::memory_order_relaxed));
  current->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace dhis2mcp
