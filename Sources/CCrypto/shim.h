#ifndef COFFER_CCRYPTO_H
#define COFFER_CCRYPTO_H
#include <openssl/evp.h>
#include <openssl/hmac.h>
#endif
