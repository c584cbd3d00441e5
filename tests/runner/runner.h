/* SPDX-License-Identifier: Apache-2.0 */
/* The test runner: anybpf-test [--quick] [--rewrite] [--list] [PATTERN..]
 *
 * A kind of test is a row of the table in main.c and a file here (run.c, verify.c, ...). Most kinds
 * are data: a text file tests/KIND/NAME.t holds cases, a case holds sections, and the kind's
 * function is called for each case. Others go through something by themselves.
 *
 * A test is named KIND/FILE/CASE; a PATTERN is a part of that name. Within
 *
 *     if (test_begin("unit/%s", name)) {
 *         CHECK(...);
 *         test_end();
 *     }
 *
 * the first failed check makes the test failed; the code goes on. Tests run one after another. */
#pragma once
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- main.c ---- */

extern bool test_quick;   /* --quick: leave out what takes longer than a second */
extern bool test_rewrite; /* --rewrite: case_expect() writes what it got into the file */

/* Begins a test; false if it was not asked for. */
bool test_begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void test_end(void);
/* Within a test: it cannot be done here. It counts neither as passed nor as failed. */
void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Whether clang was there to build the object, and this build has code for this processor; else the
 * test is skipped. */
bool test_has_object(const char *path);
void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *test_name(void); /* of the running test */
/* Whether the running test has failed so far. */
bool test_failed(void);

#define CHECK(condition) ((condition) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #condition))
/* The same with what to say, as printf() takes it. */
#define CHECK_SAY(condition, ...)                                                                  \
    ((condition) ? (void)0 : test_fail(__FILE__, __LINE__, __VA_ARGS__))
/* Integers; got, then wanted. */
#define CHECK_EQ(got, wanted)                                                                      \
    do {                                                                                           \
        uint64_t got_ = (uint64_t)(got), wanted_ = (uint64_t)(wanted);                             \
        CHECK_SAY(got_ == wanted_, "%s is %#" PRIx64 ", not %#" PRIx64, #got, got_, wanted_);      \
    } while (0)
#define CHECK_TEXT(got, wanted)                                                                    \
    do {                                                                                           \
        const char *got_ = (got), *wanted_ = (wanted);                                             \
        CHECK_SAY(got_ && !strcmp(got_, wanted_), "%s is\n%s\nnot\n%s", #got,                      \
                  got_ ? got_ : "(null)", wanted_);                                                \
    } while (0)

/* ---- unit.c: tests in C, tests/unit/NAME_test.c ----
 *
 *     TEST(arena_gives_zeroed_memory)
 *     {
 *         CHECK_EQ(...);
 *     }
 */

struct unit_test {
    const char *file, *name;
    void (*body)(void);
    struct unit_test *next;
};
void unit_register(struct unit_test *test);

#define TEST(test_name)                                                                            \
    static void test_name(void);                                                                   \
    __attribute__((constructor)) static void register_##test_name(void)                            \
    {                                                                                              \
        static struct unit_test test = { __FILE__, #test_name, test_name, NULL };                  \
        unit_register(&test);                                                                      \
    }                                                                                              \
    static void test_name(void)

void run_unit(void);

/* ---- The other kinds: each file says at its head what its tests look like ---- */

void run_run(void);
void run_verify(void);
void run_vectors(void);
void run_sums(void);
void run_ir(void);
void run_load(void);
void run_objects(void); /* tests/obj */
void run_damage(void);

/* ---- cases.c: tests as text ----
 *
 *     # a comment, anywhere before the first section of a case
 *     == NAME OF THE CASE
 *     -- section
 *     text of the section, up to the next line that begins with -- or ==
 *     -- another words behind the name
 *     ...
 *
 * Text before the first == is the case "" of the file, so a file of one case needs no ==. */

struct section {
    const char *name;  /* the word behind -- */
    const char *words; /* the rest of that line, "" if there is none */
    const char *text;  /* NUL-ended, with its newlines */
    size_t size;
    char *rewritten; /* what case_expect() puts here, or NULL */
    int line;        /* of the first line of text */
};

struct test_case {
    const char *path; /* of the file */
    const char *file; /* without folder and .t */
    const char *name;
    struct section *sections;
    size_t count;
    int line;
};

/* The first section of that name, or NULL. */
struct section *case_section(const struct test_case *c, const char *name);
/* Its text, or NULL. */
const char *case_text(const struct test_case *c, const char *name);
/* Checks that the section holds exactly got; with --rewrite replaces it instead. */
void case_expect(const struct test_case *c, const char *section, const char *got);

/* Reads hex digits, two for a byte, blanks and # comments between; at most room bytes. Returns how
 * many there are, or -1 if it is something else. */
long hex_read(const char *text, uint8_t *bytes, size_t room);

/* Calls body for each case of each tests/KIND/ *.t within test_begin() and test_end(). */
void cases_run(const char *kind, void (*body)(const struct test_case *c));
/* The same for one file, which need not lie in tests/; suffix is what file names lose. */
void cases_run_file(const char *kind, const char *path, const char *suffix,
                    void (*body)(const struct test_case *c));

/* Calls each for every file of a folder whose name ends in suffix, in the order of names. Returns
 * how many there were, or -1 if there is no such folder. */
int files_each(const char *folder, const char *suffix, void (*each)(const char *path, void *user),
               void *user);
/* A whole file, NUL-ended, to be given back with free(); NULL if it cannot be read. */
char *file_read(const char *path, size_t *size);

/* ---- enc.c: encoders against LLVM's assembler ----
 *
 * Between enc_begin() and enc_end(), enc_line() takes the bytes of an instruction and its text, in
 * which `.` is the instruction's own address. enc_end() assembles all of it at once and compares.
 */

void enc_begin(void);
/* At most 32 bytes, as printf() takes the text. */
void enc_line(const uint8_t *bytes, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* options: of llvm-mc, "-triple=aarch64 -mattr=+lse"; prologue: directives before the first line.
 * Skips the test where llvm-mc-19 is missing. */
void enc_end(const char *options, const char *prologue);

/* The same numbers in each run; enc_integer: signed, of so many bits, often at a boundary. */
uint64_t enc_random(void);
int64_t enc_integer(unsigned bits);
