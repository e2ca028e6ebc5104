// SPDX-License-Identifier: BSD-3-Clause
// A library with libsecret's names over a folder of files, for tests of the loader: KEYRING_FOLDER
// is the keyring; with the file "locked" in it every call waits, with "refuses" every call fails.
#include <chrono>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace {

struct GlibError {
  std::uint32_t domain;
  int code;
  char* message;
};

std::filesystem::path folder() { return std::getenv("KEYRING_FOLDER"); }

bool stands_in_the_way(GlibError** error) {
  while (std::filesystem::exists(folder() / "locked")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (!std::filesystem::exists(folder() / "refuses")) return false;
  static char words[] = "it is refused";
  static GlibError refused{1, 2, words};
  *error = &refused;
  return true;
}

// "store", NAME, nullptr
std::filesystem::path entry(std::va_list words) {
  va_arg(words, const char*);
  return folder() / (std::string("entry-") + va_arg(words, const char*));
}

}  // namespace

extern "C" {

char* secret_password_lookup_sync(const void*, void*, GlibError** error, ...) {
  if (stands_in_the_way(error)) return nullptr;
  std::va_list words;
  va_start(words, error);
  std::ifstream file(entry(words));
  va_end(words);
  if (!file) return nullptr;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return strdup(text.c_str());
}

int secret_password_store_sync(const void*, const char*, const char*, const char* password, void*,
                               GlibError** error, ...) {
  if (stands_in_the_way(error)) return 0;
  std::va_list words;
  va_start(words, error);
  std::ofstream(entry(words)) << password;
  va_end(words);
  return 1;
}

int secret_password_clear_sync(const void*, void*, GlibError** error, ...) {
  if (stands_in_the_way(error)) return 0;
  std::va_list words;
  va_start(words, error);
  const bool removed = std::filesystem::remove(entry(words));
  va_end(words);
  return removed ? 1 : 0;
}

void secret_password_free(char* text) { std::free(text); }
void* g_cancellable_new() { return nullptr; }
void g_cancellable_cancel(void*) {}
}
