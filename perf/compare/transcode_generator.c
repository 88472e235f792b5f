// Talks PCMU on one side of a transcoder and Opus on the other, and says what came back; or does the codecs' work alone.
//   transcode_generator SESSIONS_FILE SECONDS     lines: localA relayA localB relayB; A sends PCMU (payload type 0), B Opus (96), 50 packets a second each
//   transcode_generator --loop CALLS SECONDS      the same frames through libopus and G.711 tables in one loop: what a transcoder cannot do without
// The sound is a modulated tone with noise; both sides' packets are coded before the clock starts. A packet counts when its payload type is the other side's and, of Opus, when libopus
// decodes it to 20 ms; every 50th is checked so.
// Build: gcc -O2 transcode_generator.c -lopus -lm
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <math.h>
#include <opus/opus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { RATE = 8000, FRAME = 160, HEADER = 12, PACKETS = 250, CHECK_EVERY = 50 };

typedef struct { unsigned char bytes[400]; int length; } Payload;

static short samples[PACKETS][FRAME];
static Payload coded[2][PACKETS];
static short linear[256];

static double clock_of(clockid_t id) { struct timespec t; clock_gettime(id, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

static unsigned char to_ulaw(int sample) {
    int sign = sample < 0 ? 0x80 : 0, magnitude = (sign ? -sample : sample) + 132, exponent = 7;
    if (magnitude > 32767) magnitude = 32767;
    for (int mask = 0x4000; exponent > 0 && !(magnitude & mask); mask >>= 1) exponent--;
    return ~(sign | exponent << 4 | (magnitude >> (exponent + 3) & 15));
}

static void prepare(void) {
    for (int code = 0; code < 256; code++) {
        int u = ~code & 0xff, value = ((u & 15) * 8 + 132 << (u >> 4 & 7)) - 132;
        linear[code] = u & 0x80 ? -value : value;
    }
    int error;
    double phase = 0;
    OpusEncoder *encoder = opus_encoder_create(RATE, 1, OPUS_APPLICATION_VOIP, &error);
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(24000));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(5));
    for (int i = 0; i < PACKETS; i++) {
        for (int k = 0; k < FRAME; k++) {
            phase += 2 * M_PI * (200 + 100 * sin(i * 0.05)) / RATE;
            samples[i][k] = 8000 * sin(phase) * (0.5 + 0.5 * sin(i * 0.3)) + (k * 7919 % 400);
            coded[0][i].bytes[k] = to_ulaw(samples[i][k]);
        }
        coded[0][i].length = FRAME;
        coded[1][i].length = opus_encode(encoder, samples[i], FRAME, coded[1][i].bytes, sizeof coded[1][i].bytes);
    }
}

static int loop(int calls, int seconds) {
    int error;
    OpusEncoder **encoders = malloc(calls * sizeof *encoders);
    OpusDecoder **decoders = malloc(calls * sizeof *decoders);
    for (int i = 0; i < calls; i++) {
        // As the server codes by default.
        encoders[i] = opus_encoder_create(RATE, 1, OPUS_APPLICATION_VOIP, &error);
        opus_encoder_ctl(encoders[i], OPUS_SET_BITRATE(24000));
        opus_encoder_ctl(encoders[i], OPUS_SET_COMPLEXITY(5));
        opus_encoder_ctl(encoders[i], OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
        opus_encoder_ctl(encoders[i], OPUS_SET_INBAND_FEC(1));
        opus_encoder_ctl(encoders[i], OPUS_SET_PACKET_LOSS_PERC(5));
        decoders[i] = opus_decoder_create(RATE, 1, &error);
    }
    short pcm[FRAME];
    unsigned char out[1500];
    long frames = 0, bytes = 0;
    double start = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    for (int tick = 0; tick < seconds * 50; tick++)
        for (int i = 0; i < calls; i++, frames++) {
            Payload *law = &coded[0][(tick + i) % PACKETS], *opus = &coded[1][(tick + i) % PACKETS];
            for (int k = 0; k < FRAME; k++) pcm[k] = linear[law->bytes[k]];
            bytes += opus_encode(encoders[i], pcm, FRAME, out, sizeof out);
            opus_decode(decoders[i], opus->bytes, opus->length, pcm, FRAME, 0);
            for (int k = 0; k < FRAME; k++) out[k] = to_ulaw(pcm[k]);
            bytes += out[tick % FRAME];
        }
    double cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - start;
    printf("{\"frames\":%ld,\"cpu_s\":%.4f,\"cpu_us_per_frame\":%.3f,\"bytes\":%ld}\n", frames, cpu, 1e6 * cpu / frames, bytes);
    return 0;
}

typedef struct { int descriptor, side; struct sockaddr_in to; uint64_t sent, received, wrong; int64_t gaps; uint16_t sequence, expected; } Leg;

static int open_port(int port) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = 1 << 18;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (descriptor < 0 || bind(descriptor, (void *)&address, sizeof address)) { perror("bind"); exit(2); }
    return descriptor;
}

int main(int argc, char **argv) {
    if (argc < 3) { fprintf(stderr, "transcode_generator SESSIONS SECONDS | --loop CALLS SECONDS\n"); return 2; }
    prepare();
    if (strcmp(argv[1], "--loop") == 0) return loop(atoi(argv[2]), atoi(argv[3]));
    FILE *file = fopen(argv[1], "r");
    if (!file) { perror(argv[1]); return 2; }
    static Leg legs[8192];
    int count = 0, error, port[4];
    while (count + 2 <= 8192 && fscanf(file, "%d %d %d %d%*[^\n]", &port[0], &port[1], &port[2], &port[3]) == 4)
        for (int side = 0; side < 2; side++, count++) {
            legs[count] = (Leg){.descriptor = open_port(port[2 * side]), .side = side, .sequence = 1000};
            legs[count].to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port[2 * side + 1]), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        }
    if (count == 0) { fprintf(stderr, "no sessions\n"); return 2; }
    OpusDecoder *checker = opus_decoder_create(RATE, 1, &error);
    int poller = epoll_create1(0);
    for (int i = 0; i < count; i++) { struct epoll_event e = {.events = EPOLLIN, .data.u32 = i}; epoll_ctl(poller, EPOLL_CTL_ADD, legs[i].descriptor, &e); }
    double start = clock_of(CLOCK_MONOTONIC) + 0.05, stop = start + atof(argv[2]);
    double *due = malloc(count * sizeof *due);
    for (int i = 0; i < count; i++) due[i] = start + 0.02 * i / count;
    struct epoll_event events[512];
    unsigned char packet[HEADER + 400], in[2048];
    short pcm[5760];
    for (int next = 0;;) {
        double t = clock_of(CLOCK_MONOTONIC);
        if (t > stop + 0.5) break;
        int burst = 0;
        while (t < stop && due[next] <= t && burst++ < 256) {
            Leg *leg = &legs[next];
            Payload *payload = &coded[leg->side][leg->sequence % PACKETS];
            uint32_t timestamp = htonl(leg->sequence * (leg->side ? 960u : 160u)), source = htonl(0x20000 + next);
            packet[0] = 0x80; packet[1] = leg->side ? 96 : 0; packet[2] = leg->sequence >> 8; packet[3] = leg->sequence;
            memcpy(packet + 4, &timestamp, 4); memcpy(packet + 8, &source, 4);
            memcpy(packet + HEADER, payload->bytes, payload->length);
            if (sendto(leg->descriptor, packet, HEADER + payload->length, 0, (void *)&leg->to, sizeof leg->to) > 0) leg->sent++;
            leg->sequence++;
            due[next] += 0.02;
            next = (next + 1) % count;
        }
        int ready = epoll_wait(poller, events, 512, burst ? 0 : 1);
        for (int i = 0; i < ready; i++) {
            Leg *leg = &legs[events[i].data.u32];
            ssize_t got;
            while ((got = recv(leg->descriptor, in, sizeof in, MSG_DONTWAIT)) > 0) {
                int right = got > HEADER && (in[1] & 0x7f) == (leg->side ? 96 : 0) && (leg->side || got == HEADER + FRAME);
                if (right && leg->side && leg->received % CHECK_EVERY == 0) right = opus_decode(checker, in + HEADER, got - HEADER, pcm, 5760, 0) == FRAME;
                if (right) {
                    // What is missing in the transcoder's own numbering never came; what comes late after all is taken off again.
                    uint16_t number = in[2] << 8 | in[3];
                    int16_t ahead = leg->received == 0 ? 0 : (int16_t)(number - leg->expected);
                    leg->gaps += ahead > 0 ? ahead : ahead < 0 ? -1 : 0;
                    if (ahead >= 0) leg->expected = number + 1;
                }
                leg->received += right;
                leg->wrong += !right;
            }
        }
    }
    uint64_t sent = 0, received[2] = {0, 0}, wrong = 0;
    int silent = 0;
    int64_t gaps = 0, worst = INT64_MIN;
    for (int i = 0; i < count; i++) { sent += legs[i].sent; received[legs[i].side] += legs[i].received; wrong += legs[i].wrong; silent += legs[i].received == 0; }
    for (int i = 0; i < count; i++) {
        // Line i's mate is the other one of its pair. A transcoder may send more than it got, on one leg, while it loses on another: only the worst leg says it.
        int64_t missing = (int64_t)legs[i ^ 1].sent - (int64_t)legs[i].received;
        if (missing > worst) worst = missing;
        gaps += legs[i].gaps;
    }
    printf("{\"legs\":%d,\"sent\":%lu,\"received_pcmu\":%lu,\"received_opus\":%lu,\"wrong\":%lu,\"silent_legs\":%d,\"gaps\":%ld,\"worst_missing\":%ld}\n", count, sent, received[0], received[1], wrong, silent, gaps, worst);
    return 0;
}
