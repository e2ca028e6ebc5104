// SPDX-License-Identifier: BSD-3-Clause
// A pasted address is read for its query alone; state is checked as for any other redirect.
#include <utility>

#include "auth/redirect_receiver.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestLine = 64UL * 1024;

class PasteReceiver final : public RedirectReceiver {
 public:
  PasteReceiver(int port, ReadLine read_line, std::function<void(const std::string&)> say)
      : port_(port == 0 ? kUsualRedirectPort : port),
        read_line_(std::move(read_line)),
        say_(std::move(say)) {}

  std::string redirect_uri() const override {
    return "http://127.0.0.1:" + std::to_string(port_) + "/callback";
  }

  bool receive(const Take& take, Deadline deadline, const std::stop_token& stop) override {
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < deadline) {
      const auto line = read_line_(deadline);
      if (!line) return false;
      const ReceiverReply reply = answer(take, *line);
      say_(reply.words);
      if (reply.done) return true;
    }
    return false;
  }

 private:
  static ReceiverReply answer(const Take& take, std::string line) {
    std::erase_if(line, [](unsigned char letter) { return letter <= 0x20; });
    const auto mark = line.find('?');
    if (mark == std::string::npos || line.size() > kLongestLine) {
      return {false, false,
              "That is not the address: paste the whole line from the browser's address bar, with "
              "the part behind the question mark."};
    }
    try {
      return take(Query::parse(line.substr(mark + 1, line.find('#') - mark - 1)));
    } catch (const Error&) {
      return {false, false, "That address is damaged: copy it again."};
    }
  }

  const int port_;
  const ReadLine read_line_;
  const std::function<void(const std::string&)> say_;
};

}  // namespace

std::unique_ptr<RedirectReceiver> paste_receiver(int port, ReadLine read_line,
                                                 std::function<void(const std::string&)> say) {
  return std::make_unique<PasteReceiver>(port, std::move(read_line), std::move(say));
}

}  // namespace dhis2mcp
