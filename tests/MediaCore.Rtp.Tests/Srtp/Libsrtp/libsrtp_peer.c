/* libsrtp2 behind a pipe, so that SRTP can be checked against somebody else's: one request, one reply.
   request: command, length (2 bytes, big-endian), data       reply: libsrtp's status, length (2 bytes), data
     S, R  a session that sends, that receives: profile, bytes of key and salt, key and salt, bytes of MKI, MKI
     p, u  protect, unprotect RTP             P, U  the same for RTCP
   build: gcc -O2 libsrtp_peer.c -lsrtp2 */
#include <srtp2/srtp.h>
#include <stdio.h>
#include <string.h>

static srtp_t sender, receiver;
static int sender_mki, receiver_mki;

static int create(srtp_t *session, const unsigned char *data, int inbound, int *use_mki) {
  static unsigned char key[2][64], mki[2][128];
  static srtp_master_key_t master[2];
  static srtp_master_key_t *masters[2][1];
  srtp_policy_t policy;
  int bytes = data[1], mki_bytes = data[2 + bytes];
  memset(&policy, 0, sizeof policy);
  memcpy(key[inbound], data + 2, bytes);
  memcpy(mki[inbound], data + 3 + bytes, mki_bytes);
  srtp_crypto_policy_set_rtp_default(&policy.rtcp);
  switch (data[0]) {
    case 0: srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp); break;
    case 1: srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp); break;
    case 2: srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80(&policy.rtp); srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80(&policy.rtcp); break;
    case 3: srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32(&policy.rtp); srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80(&policy.rtcp); break;
    case 4: srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtp); srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp); break;
    case 5: srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(&policy.rtp); srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp); break;
    case 6: srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp); srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp); break;
    default: srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp); srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp); break;
  }
  policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
  policy.window_size = 128;
  policy.key = key[inbound];
  *use_mki = mki_bytes > 0;
  if (mki_bytes > 0) {
    master[inbound].key = key[inbound];
    master[inbound].mki_id = mki[inbound];
    master[inbound].mki_size = mki_bytes;
    masters[inbound][0] = &master[inbound];
    policy.key = NULL;
    policy.keys = masters[inbound];
    policy.num_master_keys = 1;
  }
  if (*session) srtp_dealloc(*session);
  *session = NULL;
  return srtp_create(session, &policy);
}

int main(void) {
  static unsigned char data[65536 + 512];
  unsigned char head[3];
  if (srtp_init() != srtp_err_status_ok) return 1;
  while (fread(head, 1, 3, stdin) == 3) {
    int length = head[1] << 8 | head[2], status = 255;
    if (fread(data, 1, length, stdin) != (size_t)length) return 1;
    switch (head[0]) {
      case 'S': status = create(&sender, data, 0, &sender_mki); length = 0; break;
      case 'R': status = create(&receiver, data, 1, &receiver_mki); length = 0; break;
      case 'p': status = srtp_protect_mki(sender, data, &length, sender_mki, 0); break;
      case 'P': status = srtp_protect_rtcp_mki(sender, data, &length, sender_mki, 0); break;
      case 'u': status = srtp_unprotect_mki(receiver, data, &length, receiver_mki); break;
      case 'U': status = srtp_unprotect_rtcp_mki(receiver, data, &length, receiver_mki); break;
    }
    if (status != 0) length = 0;
    head[0] = status; head[1] = length >> 8; head[2] = length;
    fwrite(head, 1, 3, stdout);
    fwrite(data, 1, length, stdout);
    fflush(stdout);
  }
  return 0;
}
