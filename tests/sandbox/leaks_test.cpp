// SPDX-License-Identifier: BSD-3-Clause
// OpenSSL keeps random generators and errors for each thread; it tidies up at exit before the
// practice servers, which live as long as the process, have ended theirs.

// NOLINTNEXTLINE(bugprone-reserved-identifier): the name that LeakSanitizer asks for
extern "C" const char* __lsan_default_suppressions();
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() { return "leak:libcrypto.so\n"; }
