/* SPDX-License-Identifier: Apache-2.0 */
/* The command `anybpf`: one cmd_*.c for each of its commands, and what they share.
 *
 * A command runs within arena_try() on cli_arena, so it may allocate and never frees; it returns
 * its exit status. Results go to standard output, everything else to standard error. */
#pragma once
#include "base/bytes.h"
#include "base/text.h"
#include <anybpf.h>

enum {
    STATUS_DONE = 0,
    STATUS_REFUSED = 1, /* a program refused, or something failed */
    STATUS_USAGE = 2    /* wrong use, or input that cannot be read */
};

extern struct arena *cli_arena;

/* ---- options.c ---- */

enum option_kind { OPTION_SWITCH, OPTION_COUNT, OPTION_TEXT, OPTION_NUMBER, OPTION_OPERAND };

/* What a command takes: a table that ends in a row without a name. */
struct option_row {
    const char *name;     /* "--prog" or "-w"; of an operand what usage calls it: "OBJ" */
    const char *argument; /* what usage calls the option's argument; NULL if it has none */
    enum option_kind kind;
    bool optional; /* operands */
    const char *help;
    void *to; /* bool, unsigned, const char *, uint64_t, const char * */
};

struct usage {
    const char *command; /* "run" */
    const char *about;   /* what it does, in a sentence or two */
    const struct option_row *options;
    const char *notes; /* more lines for --help; NULL if there are none */
};

/* The row of the operand that most commands take. */
#define OPERAND_OBJECT(optional, to)                                                               \
    { "OBJ", NULL, OPTION_OPERAND, optional, "an object, as clang builds it for BPF", to }

/* Reads the command line. -1: go on; else the exit status, everything being said. */
int options_read(const struct usage *usage, int argc, char **argv);

/* ---- main.c ---- */

/* "anybpf: ..." on standard error. Returns status. */
int complain(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The sentence of err, or of the environment's last failure. */
int complain_of(const struct error *err, int status);
int complain_env(const struct anybpf_env *env, int status);
/* Exit status for an ANYBPF_E_* of opening an object. */
int status_of(int code);

int cmd_run(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_conformance(int argc, char **argv);
int cmd_plugin(int argc, char **argv);
int cmd_abi(int argc, char **argv);

/* ---- input.c ---- */

/* A whole file, in the arena; "-" is standard input. */
int file_load(const char *path, struct bytes *out, struct error *err);
int file_save(const char *path, const void *data, size_t size, struct error *err);
/* Hex digits, two for a byte, with blanks and # comments between. */
int hex_load(const char *text, struct bytes *out, struct error *err);
/* "1,234,567", in the arena. */
const char *grouped(uint64_t number);

/* ---- session.c: opening an object as the options say ---- */

struct session_options {
    const char *object, *prog, *type;
    const char *binary; /* the file whose functions programs are attached to; NULL: none */
    const char *passes; /* those of the compiler to leave out: "-fold,-dead"; NULL: none */
    bool interpret, trusted;
    enum anybpf_log log; /* everything up to this kind goes to standard error */
};
struct session {
    struct anybpf_env *env;
    struct anybpf_object *object;
    struct anybpf_prog *prog; /* the one asked for, loaded; NULL if none was to be */
    struct anybpf_prog_info info;
    uint32_t left_out; /* passes of the compiler (ir/ir.h) */
    bool clang;        /* built the functions that programs are attached to */
};
/* STATUS_DONE, or the status after having complained. Opens the object only. */
int session_open(struct session *s, const struct session_options *o);
/* Loads the program asked for, or the only one. */
int session_load(struct session *s, const struct session_options *o);
/* One program of `count` 8-byte instructions in the host's order; r1: memory, r2: its length. */
int session_open_insns(struct session *s, const struct session_options *o, const void *insns,
                       size_t count);
void session_close(struct session *s);
/* The option for the functions that programs are attached to. */
#define OPTION_BINARY(to)                                                                          \
    { "--binary",                                                                                  \
      "FILE",                                                                                      \
      OPTION_TEXT,                                                                                 \
      true,                                                                                        \
      "functions and tables that programs are for: from the debug information of this file",       \
      to }
/* The option for passes. */
#define OPTION_PASSES(to)                                                                          \
    { "--opt", "-PASS,..", OPTION_TEXT, true, "compile without these passes of the compiler", to }

/* ---- vector.c: conformance vectors ---- */

/* Runs bare instructions (or, where elf, a whole object's .text) on memory at the trusted level,
 * with helper 5 as vectors have it. */
int vector_run(struct bytes program, bool elf, struct bytes memory, bool interpret,
               uint64_t *result, struct error *err);

/* ---- capture.c: pcap and pcapng files ---- */

struct capture;
struct capture_packet {
    const uint8_t *data;
    uint32_t size, wire_size;
    uint64_t time; /* ns since 1970 */
};
int capture_open(struct capture **out, const char *path, struct error *err);
/* 1: a packet, valid until the next call; 0: the end. */
int capture_next(struct capture *capture, struct capture_packet *packet, struct error *err);
/* Bytes of the file read, and all of them; both 0 if it is not a file. */
void capture_progress(const struct capture *capture, uint64_t *read, uint64_t *all);
/* A file of the same kind of packets, to be written with capture_write(). */
int capture_create(struct capture **out, const char *path, const struct capture *like,
                   struct error *err);
void capture_write(struct capture *capture, const struct capture_packet *packet);
/* Negative if not everything could be written. NULL is allowed. */
int capture_close(struct capture *capture, struct error *err);

/* ---- packets.c: packets in memory of their own, as a network card has them ---- */

enum { PACKET_HEADROOM = 256, PACKET_TAILROOM = 320, PACKET_MAX = 1 << 18 };
struct packet_buffer {
    uint8_t *memory; /* with room on both sides */
    size_t room;     /* bytes of memory */
};
/* Puts a copy of the bytes into the buffer and describes it. */
void packet_fill(struct packet_buffer *buffer, struct anybpf_packet *packet, const uint8_t *data,
                 size_t size, size_t wire_size);
/* What a program type calls the result: "XDP_PASS"; NULL: it is just a number. */
const char *verdict_name(const char *context, uint32_t verdict);
/* Whether the packet goes on to somebody, be it another interface. */
bool verdict_lets_through(const char *context, uint32_t verdict);

/* ---- maps.c: what is in maps ---- */

enum map_amount { MAPS_NONE, MAPS_SOME, MAPS_ALL };
/* All maps of the object, elements by their types. */
void maps_print(struct anybpf_object *object, enum map_amount amount);
void maps_json(struct text *out, struct anybpf_object *object, enum map_amount amount);
/* Takes waiting records out of ring buffers and perf event arrays, and counts them. */
void maps_drain(struct anybpf_object *object);

/* ---- fill.c ---- */

/* Fills maps as a file of rules says: "MAP KEY.. = VALUE.." a line. */
int maps_init(struct anybpf_object *object, const struct anybpf_env *env, const char *path,
              struct error *err);

/* ---- dwarf.c: types from debug information ---- */

struct types;
struct type;
/* The function of that name, or what a struct's member points to ("TABLE.MEMBER"), in an ELF file
 * with DWARF, as a FUNC in the set, which is empty and gets the file's data model. *arch: its
 * convention's name (struct conv); *clang is set if clang built it. */
int dwarf_function(struct types *types, const char *path, const char *name,
                   const struct type **func, const char **arch, bool *clang, struct error *err);

/* ---- native.c: machine code as text, through LLVM where it is there ---- */

struct native;
/* NULL, with the reason in err: not built in, not installed, or no such processor. */
struct native *native_open(const char *target, struct error *err);
/* One instruction at code: its size in bytes and its text; 0 if it is none. */
size_t native_print(struct native *native, const uint8_t *code, size_t size, uint64_t address,
                    char text[160]);
void native_close(struct native *native);
