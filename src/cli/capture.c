/* SPDX-License-Identifier: Apache-2.0 */
/* Captures, through libpcap where it is there: pcap and pcapng, times in nanoseconds. */
#include "cli/cli.h"
#include <string.h>

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>
#include <sys/stat.h>

struct capture {
    const char *path;
    pcap_t *pcap;
    pcap_dumper_t *dumper; /* of a capture that is being written */
};

static struct capture *make(const char *path)
{
    struct capture *capture = arena_new_of(cli_arena, struct capture);
    capture->path = path;
    return capture;
}

int capture_open(struct capture **out, const char *path, struct error *err)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    struct capture *capture = make(path);

    capture->pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, text);
    if (!capture->pcap)
        return fail(err, ANYBPF_E_FORMAT, strstr(text, path) ? "%s" : "%2$s: %1$s", text, path);
    int link = pcap_datalink(capture->pcap);
    if (link != DLT_EN10MB) {
        const char *name = pcap_datalink_val_to_name(link);
        fail(err, ANYBPF_E_UNSUPPORTED, "%s: packets of link type %s; programs expect Ethernet",
             path, name ? name : "unknown");
        capture_close(capture, NULL);
        return err->code;
    }
    *out = capture;
    return 0;
}

int capture_next(struct capture *capture, struct capture_packet *packet, struct error *err)
{
    struct pcap_pkthdr *head;
    const u_char *data;
    int got = pcap_next_ex(capture->pcap, &head, &data);

    if (got == PCAP_ERROR_BREAK)
        return 0;
    if (got != 1)
        return fail(err, ANYBPF_E_FORMAT, "%s: %s", capture->path, pcap_geterr(capture->pcap));
    *packet = (struct capture_packet){
        .data = data,
        .size = head->caplen,
        .wire_size = head->len,
        .time = (uint64_t)head->ts.tv_sec * 1000000000u + (uint64_t)head->ts.tv_usec,
    };
    return 1;
}

void capture_progress(const struct capture *capture, uint64_t *read, uint64_t *all)
{
    struct stat status;
    FILE *file = pcap_file(capture->pcap);
    long at = file ? ftell(file) : -1;

    *read = *all = 0;
    if (at >= 0 && !fstat(fileno(file), &status) && S_ISREG(status.st_mode)) {
        *read = (uint64_t)at;
        *all = (uint64_t)status.st_size;
    }
}

int capture_create(struct capture **out, const char *path, const struct capture *like,
                   struct error *err)
{
    struct capture *capture = make(path);

    capture->pcap = pcap_open_dead_with_tstamp_precision(
        pcap_datalink(like->pcap), pcap_snapshot(like->pcap), PCAP_TSTAMP_PRECISION_NANO);
    if (!capture->pcap)
        return fail(err, ANYBPF_E_MEMORY, "%s: out of memory", path);
    capture->dumper = pcap_dump_open(capture->pcap, path);
    if (!capture->dumper) {
        fail(err, ANYBPF_E_SYSTEM, "%s", pcap_geterr(capture->pcap));
        pcap_close(capture->pcap);
        return err->code;
    }
    *out = capture;
    return 0;
}

void capture_write(struct capture *capture, const struct capture_packet *packet)
{
    struct pcap_pkthdr head = {
        .caplen = packet->size,
        .len = packet->wire_size > packet->size ? packet->wire_size : packet->size,
    };
    head.ts.tv_sec = (time_t)(packet->time / 1000000000u);
    head.ts.tv_usec = (suseconds_t)(packet->time % 1000000000u);
    pcap_dump((u_char *)capture->dumper, &head, packet->data);
}

int capture_close(struct capture *capture, struct error *err)
{
    int code = 0;

    if (!capture)
        return 0;
    if (capture->dumper) {
        bool good = !pcap_dump_flush(capture->dumper) && !ferror(pcap_dump_file(capture->dumper));
        pcap_dump_close(capture->dumper);
        if (!good)
            code = fail(err, ANYBPF_E_SYSTEM, "%s: it could not be written", capture->path);
    }
    pcap_close(capture->pcap);
    return code;
}

#else

int capture_open(struct capture **out, const char *path, struct error *err)
{
    *out = NULL;
    return fail(err, ANYBPF_E_UNSUPPORTED,
                "%s: captures cannot be read, this anybpf was built without libpcap", path);
}

int capture_next(struct capture *capture, struct capture_packet *packet, struct error *err)
{
    (void)capture, (void)packet;
    return fail(err, ANYBPF_E_UNSUPPORTED, "built without libpcap");
}

void capture_progress(const struct capture *capture, uint64_t *read, uint64_t *all)
{
    (void)capture;
    *read = *all = 0;
}

int capture_create(struct capture **out, const char *path, const struct capture *like,
                   struct error *err)
{
    (void)like;
    return capture_open(out, path, err);
}

void capture_write(struct capture *capture, const struct capture_packet *packet)
{
    (void)capture, (void)packet;
}

int capture_close(struct capture *capture, struct error *err)
{
    (void)capture, (void)err;
    return 0;
}
#endif
