// Drives two-way RTP through any relay and says what arrived and how late. Side A may speak SRTP (AES_CM_128_HMAC_SHA1_80).
//   media_generator SESSIONS_FILE SECONDS PACKETS_PER_SECOND FIRST_SEQUENCE [KEY]
// A line of the file: localA relayA localB relayB [KEY of what the relay sends to A]; UDP ports on 127.0.0.1, keys of 30 bytes in hex. What A sends to relayA is expected at localB and the reverse.
// With KEY every A sends SRTP under that key. All of them send the same packets, so these are protected once, before the clock starts, and the generator costs the same with SRTP as without;
// of what comes to A one packet in 16 is authenticated and decrypted. Delays are found by leg and sequence number, which both kinds carry in clear.
// Build: gcc -O2 media_generator.c -lsrtp2
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <srtp2/srtp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 160, HEADER = 12, TAG = 10, CHECK_EVERY = 16, HISTORY = 4096, MOST_PER_BURST = 256 };

typedef struct {
    int descriptor, mate, is_secure;
    struct sockaddr_in to;
    uint16_t sequence;
    uint64_t sent, received;
    srtp_t inbound;
    double *sent_at;
} Leg;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

static int open_port(int port) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = 1 << 18;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (descriptor < 0 || bind(descriptor, (void *)&address, sizeof address)) { perror("bind"); exit(2); }
    return descriptor;
}

static void read_key(const char *text, unsigned char key[30]) {
    for (int i = 0; i < 30; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1) { fprintf(stderr, "a key has 60 hex digits\n"); exit(2); }
        key[i] = value;
    }
}

static srtp_t make_context(unsigned char *key, srtp_ssrc_type_t direction) {
    srtp_policy_t policy;
    memset(&policy, 0, sizeof policy);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
    policy.ssrc.type = direction;
    policy.key = key;
    policy.window_size = 1024;
    srtp_t context;
    if (srtp_create(&context, &policy) != srtp_err_status_ok) { fprintf(stderr, "srtp_create failed\n"); exit(2); }
    return context;
}

static void write_packet(unsigned char *packet, uint16_t sequence, uint32_t ssrc) {
    uint32_t timestamp = htonl(sequence * (uint32_t)PAYLOAD), source = htonl(ssrc);
    packet[0] = 0x80; packet[1] = 0; packet[2] = sequence >> 8; packet[3] = sequence;
    memcpy(packet + 4, &timestamp, 4); memcpy(packet + 8, &source, 4);
    memset(packet + HEADER, 0xd5, PAYLOAD);
}

static int compare(const void *a, const void *b) { float x = *(const float *)a, y = *(const float *)b; return x < y ? -1 : x > y; }

int main(int argc, char **argv) {
    if (argc < 5) { fprintf(stderr, "media_generator SESSIONS SECONDS PACKETS_PER_SECOND FIRST_SEQUENCE [KEY]\n"); return 2; }
    FILE *file = fopen(argv[1], "r");
    if (!file) { perror(argv[1]); return 2; }
    double seconds = atof(argv[2]), rate = atof(argv[3]);
    int first = atoi(argv[4]), packets = (int)(seconds * rate) + 2, count = 0, capacity = 16;
    if (first + packets > 32000) { fprintf(stderr, "sequence numbers beyond 32000 would need a rollover counter\n"); return 2; }
    Leg *legs = malloc(capacity * sizeof *legs);
    char line[512], key_text[128];
    srtp_init();
    while (fgets(line, sizeof line, file)) {
        int a, relay_a, b, relay_b, fields = sscanf(line, "%d %d %d %d %127s", &a, &relay_a, &b, &relay_b, key_text);
        if (fields < 4) continue;
        if (count + 2 > capacity) legs = realloc(legs, (capacity *= 2) * sizeof *legs);
        int local[2] = {a, b}, relay[2] = {relay_a, relay_b};
        for (int i = 0; i < 2; i++) {
            Leg *leg = &legs[count + i];
            *leg = (Leg){.descriptor = open_port(local[i]), .mate = count + 1 - i, .sequence = first, .is_secure = argc > 5 && i == 0, .sent_at = calloc(HISTORY, sizeof(double))};
            leg->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(relay[i]), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
            if (leg->is_secure && fields > 4) { unsigned char key[30]; read_key(key_text, key); leg->inbound = make_context(key, ssrc_any_inbound); }
        }
        count += 2;
    }
    if (count == 0) { fprintf(stderr, "no sessions\n"); return 2; }
    unsigned char (*secured)[HEADER + PAYLOAD + SRTP_MAX_TRAILER_LEN] = NULL;
    if (argc > 5) {
        unsigned char key[30];
        read_key(argv[5], key);
        srtp_t outbound = make_context(key, ssrc_any_outbound);
        secured = malloc(packets * sizeof *secured);
        for (int i = 0; i < packets; i++) {
            int length = HEADER + PAYLOAD;
            write_packet(secured[i], first + i, 0x10000);
            if (srtp_protect(outbound, secured[i], &length) != srtp_err_status_ok || length != HEADER + PAYLOAD + TAG) { fprintf(stderr, "srtp_protect failed\n"); return 2; }
        }
    }
    int poller = epoll_create1(0);
    for (int i = 0; i < count; i++) { struct epoll_event e = {.events = EPOLLIN, .data.u32 = i}; epoll_ctl(poller, EPOLL_CTL_ADD, legs[i].descriptor, &e); }
    float *delays = malloc((size_t)count * packets * sizeof *delays);
    size_t delay_count = 0;
    double start = now() + 0.05, stop = start + seconds, interval = 1.0 / rate, *due = malloc(count * sizeof *due);
    for (int i = 0; i < count; i++) due[i] = start + interval * i / count;
    uint64_t other = 0, checked = 0, forged = 0;
    unsigned char packet[HEADER + PAYLOAD], in[2048];
    struct epoll_event events[512];
    for (int next = 0;;) {
        double t = now();
        if (t > stop + 0.3) break;
        int burst = 0;
        while (t < stop && due[next] <= t && burst++ < MOST_PER_BURST) {
            Leg *leg = &legs[next];
            const unsigned char *bytes = packet;
            int length = HEADER + PAYLOAD;
            if (leg->is_secure) {
                if (leg->sequence - first >= packets) { fprintf(stderr, "out of prepared packets\n"); return 2; }
                bytes = secured[leg->sequence - first];
                length += TAG;
            } else {
                write_packet(packet, leg->sequence, 0x20000 + next);
            }
            leg->sent_at[leg->sequence % HISTORY] = now();
            if (sendto(leg->descriptor, bytes, length, 0, (void *)&leg->to, sizeof leg->to) == length) leg->sent++;
            leg->sequence++;
            due[next] += interval;
            next = (next + 1) % count;
        }
        int ready = epoll_wait(poller, events, 512, burst ? 0 : 1);
        for (int i = 0; i < ready; i++) {
            Leg *leg = &legs[events[i].data.u32];
            ssize_t got;
            while ((got = recv(leg->descriptor, in, sizeof in, MSG_DONTWAIT)) > 0) {
                if (got != HEADER + PAYLOAD + (leg->is_secure ? TAG : 0) || in[0] != 0x80) { other++; continue; }
                double delay = now() - legs[leg->mate].sent_at[(in[2] << 8 | in[3]) % HISTORY];
                if (delay_count < (size_t)count * packets) delays[delay_count++] = delay;
                if (leg->inbound && leg->received % CHECK_EVERY == 0) {
                    int length = got;
                    checked++;
                    if (srtp_unprotect(leg->inbound, in, &length) != srtp_err_status_ok || length != HEADER + PAYLOAD || in[HEADER] != 0xd5) forged++;
                }
                leg->received++;
            }
        }
    }
    uint64_t sent = 0, received = 0;
    int silent = 0;
    double sum = 0;
    for (int i = 0; i < count; i++) { sent += legs[i].sent; received += legs[i].received; silent += legs[i].received == 0; }
    for (size_t i = 0; i < delay_count; i++) sum += delays[i];
    qsort(delays, delay_count, sizeof *delays, compare);
#define AT(q) (delay_count ? 1e6 * delays[(size_t)((delay_count - 1) * (q))] : 0)
    printf("{\"legs\":%d,\"sent\":%lu,\"received\":%lu,\"other\":%lu,\"silent_legs\":%d,\"checked\":%lu,\"forged\":%lu,\"mean_latency_us\":%.1f,\"p50_latency_us\":%.1f,"
           "\"p99_latency_us\":%.1f,\"p999_latency_us\":%.1f,\"max_latency_us\":%.0f}\n",
           count, sent, received, other, silent, checked, forged, delay_count ? 1e6 * sum / delay_count : 0, AT(0.5), AT(0.99), AT(0.999), AT(1.0));
    return 0;
}
