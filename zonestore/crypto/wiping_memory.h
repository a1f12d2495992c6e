// OpenSSL's own memory, wiped before it is given back.
//
// Some of its checks leave what they computed of a private key in the memory that they free (p - 1 of an RSA key
// whose numbers are looked at, for one). A program that handles private keys calls this first of all.
#pragma once

namespace zonestore::crypto {

// For the whole process, and before anything else of OpenSSL is called: false, and nothing is altered, if something
// was. Threads: of main() before there are others.
bool wipe_what_openssl_frees() noexcept;

}  // namespace zonestore::crypto
