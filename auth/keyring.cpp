// SPDX-License-Identifier: BSD-3-Clause
// libsecret's simple password calls, each on a thread that is cancelled, then left behind, when the
// keyring does not answer in time.
#include "auth/keyring.h"

#include <dlfcn.h>
#include <openssl/crypto.h>

#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// As in libsecret/secret-schema.h and glib/gerror.h, whose layout is part of their stable ABI.
struct SchemaAttribute {
  const char* name;
  int type;  // 0: a string
};
struct Schema {
  const char* name;
  int flags;  // 0: the name is matched too
  SchemaAttribute attributes[32];
  int reserved;
  void* reserved_pointers[7];
};
struct GlibError {
  std::uint32_t domain;
  int code;
  char* message;
};

const Schema kSchema = {"io.github.dhis2-mcp.Key", 0, {{"store", 0}, {nullptr, 0}}, 0, {}};

struct Library {
  char* (*lookup)(const Schema*, void*, GlibError**, ...);
  int (*store)(const Schema*, const char*, const char*, const char*, void*, GlibError**, ...);
  int (*clear)(const Schema*, void*, GlibError**, ...);
  void (*release)(char*);
  void* (*new_cancellable)();
  void (*cancel)(void*);

  template <typename Function>
  static bool find(void* handle, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
  }

  bool load(const std::string& name) {
    // Never unloaded: glib does not survive that.
    void* const handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    return handle != nullptr && find(handle, "secret_password_lookup_sync", lookup) &&
           find(handle, "secret_password_store_sync", store) &&
           find(handle, "secret_password_clear_sync", clear) &&
           find(handle, "secret_password_free", release) &&
           find(handle, "g_cancellable_new", new_cancellable) &&
           find(handle, "g_cancellable_cancel", cancel);
  }
};

[[noreturn]] void fail(const std::string& why) {
  throw ConfigurationError(ErrorKind::refused, "The keyring of this session " + why + ".",
                           "Unlock it, or move the key with dhis2-mcp store rekey from a session "
                           "in which it is open.");
}

// What the calling thread and the one that asks the keyring share; the later of them frees it.
struct Question {
  std::mutex mutex;
  std::condition_variable answered;
  bool done = false;
  std::string failure;
  std::optional<Secret> value;
};

class SessionKeyring final : public Keyring {
 public:
  SessionKeyring(const Library& library, std::chrono::milliseconds patience)
      : library_(library), patience_(patience) {}

  std::optional<Secret> find(const std::string& entry) override {
    return ask([library = library_, entry](Question& question, void* cancellable) {
      GlibError* error = nullptr;
      char* const found =
          library.lookup(&kSchema, cancellable, &error, "store", entry.c_str(), nullptr);
      note(question, error);
      if (found != nullptr) {
        question.value = Secret(std::string(found));
        library.release(found);
      }
    });
  }

  void put(const std::string& entry, const Secret& value) override {
    ask([library = library_, entry, value](Question& question, void* cancellable) {
      std::string text(value.reveal());
      GlibError* error = nullptr;
      const int stored =
          library.store(&kSchema, "default", "dhis2-mcp: key of its store", text.c_str(),
                        cancellable, &error, "store", entry.c_str(), nullptr);
      OPENSSL_cleanse(text.data(), text.size());
      note(question, error);
      if (stored == 0 && question.failure.empty()) question.failure = "did not store the key";
    });
  }

  void remove(const std::string& entry) override {
    ask([library = library_, entry](Question& question, void* cancellable) {
      GlibError* error = nullptr;
      library.clear(&kSchema, cancellable, &error, "store", entry.c_str(), nullptr);
      note(question, error);
    });
  }

 private:
  static void note(Question& question, const GlibError* error) {
    if (error != nullptr) {
      question.failure = std::string("answers: ") + (error->message ? error->message : "no reason");
    }
  }

  std::optional<Secret> ask(std::function<void(Question&, void*)> call) const {
    const auto question = std::make_shared<Question>();
    void* const cancellable = library_.new_cancellable();
    std::thread([question, cancellable, call = std::move(call)] {
      Question mine;
      call(mine, cancellable);
      const std::lock_guard lock(question->mutex);
      question->failure = std::move(mine.failure);
      question->value = std::move(mine.value);
      question->done = true;
      question->answered.notify_one();
    }).detach();
    std::unique_lock lock(question->mutex);
    if (!question->answered.wait_for(lock, patience_, [&] { return question->done; })) {
      library_.cancel(cancellable);
      fail("does not answer; it may be locked");
    }
    if (!question->failure.empty()) fail(question->failure);
    return std::move(question->value);
  }

  const Library library_;
  const std::chrono::milliseconds patience_;
};

bool bus_announced() {
  const char* const address = std::getenv("DBUS_SESSION_BUS_ADDRESS");
  if (address != nullptr && *address != '\0') {
    return std::strncmp(address, "disabled:", 9) != 0;
  }
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  std::error_code ignored;
  return runtime != nullptr && *runtime != '\0' &&
         std::filesystem::is_socket(std::filesystem::path(runtime) / "bus", ignored);
}

}  // namespace

std::shared_ptr<Keyring> session_keyring(const std::string& library,
                                         std::chrono::milliseconds patience) {
  Library loaded{};
  if (!bus_announced() || !loaded.load(library)) return nullptr;
  return std::make_shared<SessionKeyring>(loaded, patience);
}

}  // namespace dhis2mcp
