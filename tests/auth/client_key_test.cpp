// SPDX-License-Identifier: BSD-3-Clause
// Assertions that a server can check with the public half alone.
#include "auth/client_key.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "dhis2/base64.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"

namespace dhis2mcp {
namespace {

const WallTime kNow{std::chrono::seconds(1'800'000'000)};

std::string from_base64url(std::string text) {
  for (char& letter : text) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
  text.append((4 - text.size() % 4) % 4, '=');
  return from_base64(text).value_or("");
}

std::vector<std::string> parts_of(const std::string& jwt) {
  const auto first = jwt.find('.'), second = jwt.find('.', first + 1);
  return {jwt.substr(0, first), jwt.substr(first + 1, second - first - 1), jwt.substr(second + 1)};
}

std::shared_ptr<EVP_PKEY> key_of(const Secret& pem) {
  BIO* const memory = BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size()));
  std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr),
                                EVP_PKEY_free);
  BIO_free(memory);
  return key;
}

Secret ec_key() {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  Secret pem(std::string(text, static_cast<std::size_t>(size)));
  BIO_free(memory);
  EVP_PKEY_free(key);
  return pem;
}

TEST(ClientKey, SignsWhatTheServerNeeds) {
  const Secret pem = new_client_key();

  const auto parts = parts_of(client_assertion(pem, "agent", "https://h/oauth2/token", kNow));

  const Json header = parse_json(from_base64url(parts[0]));
  const Json claims = parse_json(from_base64url(parts[1]));
  EXPECT_EQ(header["alg"], "RS256");
  EXPECT_EQ(header["kid"], public_jwk(pem)["kid"]);
  EXPECT_EQ(claims["iss"], "agent");
  EXPECT_EQ(claims["sub"], "agent");
  EXPECT_EQ(claims["aud"], "https://h/oauth2/token");
  EXPECT_EQ(claims["exp"], 1'800'000'060);
  const std::string text = parts[0] + "." + parts[1], signature = from_base64url(parts[2]);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const auto key = key_of(pem);
  ASSERT_EQ(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get()), 1);
  EXPECT_EQ(EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                             signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                             text.size()),
            1);
  EVP_MD_CTX_free(context);
}

TEST(ClientKey, UsesEachAssertionOnce) {
  const Secret pem = ec_key();

  const auto first = parts_of(client_assertion(pem, "agent", "https://h/t", kNow));
  const auto second = parts_of(client_assertion(pem, "agent", "https://h/t", kNow));

  EXPECT_NE(first[1], second[1]) << "the same jti";
  EXPECT_EQ(parse_json(from_base64url(first[0]))["alg"], "ES256");
  EXPECT_EQ(from_base64url(first[2]).size(), 64U);
}

TEST(ClientKey, ShowsThePublicHalfAlone) {
  for (const Secret& pem : {new_client_key(), ec_key()}) {
    const Json jwk = public_jwk(pem);

    EXPECT_EQ(jwk["use"], "sig");
    for (const char* member : {"d", "p", "q", "dp", "dq", "qi"}) EXPECT_FALSE(jwk.contains(member));
  }
}

// One in 128 has a coordinate that begins with a zero.
TEST(ClientKey, WritesCoordinatesInFullLength) {
  for (int i = 0; i < 600; ++i) {
    const Json jwk = public_jwk(ec_key());
    for (const char* name : {"x", "y"}) {
      EXPECT_EQ(from_base64url(jwk[name].get<std::string>()).size(), 32u);
    }
  }
}

TEST(ClientKey, RefusesWhatIsNoKeyForIt) {
  for (const char* text : {"", "nonsense",
                           "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE "
                           "KEY-----\n"}) {
    EXPECT_THROW(public_jwk(Secret(std::string(text))), ConfigurationError) << text;
  }
}

}  // namespace
}  // namespace dhis2mcp
