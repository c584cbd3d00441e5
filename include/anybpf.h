/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf: an embeddable eBPF engine. Loads BPF objects as clang builds them, verifies them,
 * compiles them for the processor and runs them in the process.
 *
 *     struct anybpf_env *env = anybpf_env_new();
 *     anybpf_env_context(env, "req", "struct req { __u32 len; __u8 method; }");
 *     anybpf_env_helper(env, 1000, "int log_msg(const char *s __sz(n), __u32 n)", log_msg);
 *     struct anybpf_object *obj = anybpf_open(env, "plugin.bpf.o");
 *     struct anybpf_prog *filter = anybpf_find(obj, "filter");
 *     int rc = anybpf_call(filter, &req, sizeof req, &verdict);
 *
 * Results of type int are 0 or a negative ANYBPF_E_*; functions that return a pointer return NULL
 * when they fail. The sentence about the last failure is anybpf_error(env).
 *
 * Threads: an environment, its objects and programs are set up by one thread at a time. A loaded
 * program may be called, and a map used, by any number of threads at once. */
#ifndef ANYBPF_H
#define ANYBPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANYBPF_API __attribute__((visibility("default")))

/* ---- Results ---- */

enum {
    ANYBPF_OK = 0,
    ANYBPF_E_MEMORY = -1,      /* no memory, or a limit on memory reached */
    ANYBPF_E_ARGUMENT = -2,    /* a call's arguments are wrong */
    ANYBPF_E_FORMAT = -3,      /* an object, declaration or program text is malformed */
    ANYBPF_E_UNSUPPORTED = -4, /* understood, but not offered here */
    ANYBPF_E_REJECTED = -5,    /* the verifier does not accept the program */
    ANYBPF_E_NOT_FOUND = -6,   /* no such program, map, key, symbol, file */
    ANYBPF_E_EXISTS = -7,      /* there already */
    ANYBPF_E_FULL = -8,        /* a map or table has no room */
    ANYBPF_E_LIMIT = -9,       /* beyond a limit of the engine */
    ANYBPF_E_SYSTEM = -10,     /* the system refused; the sentence has its reason */
    ANYBPF_E_BUSY = -11,       /* in use; no virtual CPU free */
    ANYBPF_E_FAULT = -12       /* a program reached memory it must not, and was ended */
};

/* ---- Environment ---- */

/* What programs of one embedder may use: helpers, context types, map kinds. Two environments in a
 * process know nothing of each other. */
struct anybpf_env;

/* A new environment with the built-in helpers, context types (xdp, tc, socket, raw_tp) and map
 * kinds. NULL: no memory. anybpf_env_free() also closes the objects opened in it. */
ANYBPF_API struct anybpf_env *anybpf_env_new(void);
/* The same with memory from the embedder: alloc as malloc(), NULL when there is none; release gets
 * the size that was asked for. Both are called from any thread. What a process has only one of
 * (code memory, stacks of threads) does not come from there. */
struct anybpf_allocator {
    void *(*alloc)(void *user, size_t size);
    void (*release)(void *user, void *memory, size_t size);
    void *user;
};
ANYBPF_API struct anybpf_env *anybpf_env_new_with(const struct anybpf_allocator *allocator);
ANYBPF_API void anybpf_env_free(struct anybpf_env *env);

/* How many virtual CPUs the environment has, 1 to 65,536; 1,024 if not told. A thread leases a
 * number at its first call of a program and gives it back when it ends; a thread whose number is
 * beyond gets E_BUSY from its calls. Per-CPU maps have as many values. Before the first object is
 * opened: E_ARGUMENT, E_BUSY. anybpf_env_refused() is how many calls got E_BUSY so far. */
ANYBPF_API int anybpf_env_cpus(struct anybpf_env *env, uint32_t cpus);
ANYBPF_API uint32_t anybpf_env_refused(const struct anybpf_env *env);

/* The sentence about the last failure of a function given this environment, its objects, programs
 * or maps in this thread; "" if there was none. Valid until the next call. */
ANYBPF_API const char *anybpf_error(const struct anybpf_env *env);

/* Describes a context type: programs in section "NAME" or "NAME/..." get a pointer to this struct,
 * in the host's own layout, as r1. declaration: C text whose last struct is the context; earlier
 * declarations may define types that it uses. Programs may read every member and write those
 * marked __rw. The object's own definition must have the same layout.
 * E_FORMAT (the sentence has line and column), E_EXISTS. */
ANYBPF_API int anybpf_env_context(struct anybpf_env *env, const char *name,
                                  const char *declaration);

/* Offers a C function to programs as helper `id` (1,000 to 2^31 - 1 are the embedder's). prototype:
 * C text, at most five parameters, integers or pointers, a leading `struct anybpf_vcpu *` not
 * counted. The verifier knows of a pointer only what annotations after the parameter's name say:
 *
 *   const void *p __sz(n)      readable memory of as many bytes as parameter n (an integer) says
 *   void *p __sz(n)            writable memory, initialised
 *   void *p __uninit __sz(n)   memory that the function fills
 *   const T *p                 readable memory of the size of T; T *p: writable
 *   T *p __nullable            NULL too
 *   struct NAME *p __ctx       the program's context, which must be of type NAME
 *   const char *s __str        a NUL-ended string in read-only memory
 *
 * The function must not keep such a pointer. It runs in the thread that called the program.
 * E_FORMAT, E_UNSUPPORTED, E_EXISTS. */
ANYBPF_API int anybpf_env_helper(struct anybpf_env *env, uint32_t id, const char *prototype,
                                 void *function);

/* Describes a C function that programs attach to: its prototype in C, after definitions of the
 * types that it uses; the same definitions may come with several functions. Attributes of types
 * count (packed, aligned). Programs in the sections "fentry/NAME", "fexit/NAME", "fmod_ret/NAME",
 * "fsession/NAME", "replace/NAME" see its arguments (ANYBPF_PROG of anybpf_tracing.h has them by
 * value) and are verified by their types; in "uprobe/NAME" and "uretprobe/NAME" (a file and ':' may
 * stand before NAME) they have struct pt_regs. function: its address; NULL if that is told when a
 * program is attached.
 * E_FORMAT (the sentence has line and column), E_UNSUPPORTED, E_EXISTS. */
ANYBPF_API int anybpf_env_function(struct anybpf_env *env, const char *prototype, void *function);

/* Declares C types that tables (anybpf_fill_table()) and functions are made of. The same definition
 * may come again. E_FORMAT (the sentence has line and column). */
ANYBPF_API int anybpf_env_declare(struct anybpf_env *env, const char *declarations);

/* Text for people: the verifier's log, and what programs print with bpf_trace_printk. Called in
 * the thread where it arises; `text` ends with a newline. */
enum anybpf_log {
    ANYBPF_LOG_PRINTK,   /* of programs */
    ANYBPF_LOG_WARNING,  /* things that work but deserve a look */
    ANYBPF_LOG_REJECTED, /* why and where the verifier refused a program */
    ANYBPF_LOG_VERIFIER  /* every instruction that the verifier walks, with register states */
};
typedef void anybpf_log_fn(void *user, enum anybpf_log kind, const char *text);
/* Gives `log` all text up to and including kind `most`. Without a log function it is dropped. */
ANYBPF_API void anybpf_env_log(struct anybpf_env *env, enum anybpf_log most, anybpf_log_fn *log,
                               void *user);

/* ---- Objects ---- */

/* An object file: programs and maps. */
struct anybpf_object;
struct anybpf_prog;
struct anybpf_map;

/* Opens a BPF object, as clang builds it, from a file or from memory (copied; `name` stands in
 * messages), or makes one of `count` 8-byte instructions in the host's byte order, as one program
 * of the given section ("xdp", "req") named "main".
 * NULL: E_SYSTEM, E_FORMAT (file, section, offset), E_UNSUPPORTED, E_MEMORY. */
ANYBPF_API struct anybpf_object *anybpf_open(struct anybpf_env *env, const char *path);
ANYBPF_API struct anybpf_object *anybpf_open_memory(struct anybpf_env *env, const void *data,
                                                    size_t size, const char *name);
ANYBPF_API struct anybpf_object *anybpf_open_insns(struct anybpf_env *env, const void *insns,
                                                   size_t count, const char *section);
/* Frees an object with its programs and maps. No thread may run them any more. */
ANYBPF_API void anybpf_close(struct anybpf_object *obj);

/* Settings, before the first program is loaded. */
enum anybpf_setting {
    ANYBPF_TRUSTED = 1,      /* 1: structural checks only; the embedder answers for the program */
    ANYBPF_INTERPRET = 2,    /* 1: run by the interpreter instead of machine code */
    ANYBPF_CHECK_ACCESS = 3, /* 1: with INTERPRET: every access is checked as it happens */
    ANYBPF_CLANG_ABI = 4     /* 1: clang built the native functions, which passes a few prototypes
                              * in other places than gcc does (doc/abi.md) */
};
/* E_ARGUMENT; E_BUSY when programs are loaded already. */
ANYBPF_API int anybpf_set(struct anybpf_object *obj, enum anybpf_setting setting, uint64_t value);
/* Gives a program a type by a section name ("xdp", "tc"), whatever its own section is called. */
ANYBPF_API int anybpf_set_type(struct anybpf_object *obj, const char *prog, const char *section);
/* Tells which function a program is for, whatever its section says after the '/': one described by
 * anybpf_env_function(), or "TABLE.MEMBER", a member of a struct in some declaration given to the
 * environment. E_NOT_FOUND, E_BUSY. */
ANYBPF_API int anybpf_set_target(struct anybpf_object *obj, const char *prog, const char *function);
/* Lets a map have another size, or this one: before loading. */
ANYBPF_API int anybpf_set_max_entries(struct anybpf_object *obj, const char *map, uint32_t entries);

/* Makes the maps, verifies and compiles every program. anybpf_find() does so for one program only.
 * Nothing is half done after an error. E_REJECTED, E_UNSUPPORTED, E_MEMORY, E_NOT_FOUND (helper).
 */
ANYBPF_API int anybpf_load(struct anybpf_object *obj);

/* ---- Programs ---- */

/* The program of that name (its C function), loaded; NULL for `name` is the only or first one. */
ANYBPF_API struct anybpf_prog *anybpf_find(struct anybpf_object *obj, const char *name);
/* The next program, loaded or not; NULL begins, NULL ends. */
ANYBPF_API struct anybpf_prog *anybpf_next_prog(struct anybpf_object *obj,
                                                struct anybpf_prog *prog);
ANYBPF_API int anybpf_load_prog(struct anybpf_prog *prog);

struct anybpf_prog_info {
    const char *name, *section, *context; /* as long as the object lives */
    uint32_t insns;                       /* 8-byte slots */
    bool loaded;                          /* what follows is 0 if not */
    bool trusted;                         /* not verified */
    bool compiled;                        /* false: interpreted */
    uint64_t verified_insns;              /* instructions that the verifier walked */
    uint32_t verified_states;
    uint64_t verify_ns, compile_ns; /* compile_ns: from checked to sealed image */
    uint32_t stack, tree; /* bytes of stack: of the main function, of everything it calls */
    uint32_t code_bytes;
    uint64_t memory_bytes; /* what the loaded program takes, its code included */
};
/* size: sizeof info, so that the struct can grow. */
ANYBPF_API void anybpf_prog_info(const struct anybpf_prog *prog, struct anybpf_prog_info *info,
                                 size_t size);

/* Runs a program on a context in memory. size: bytes of ctx; at least what the context type says,
 * and for raw memory the length that the program gets in r2. It, and a packet, may not lie in a
 * map's values: verified programs are compiled as if they were apart. result may be NULL.
 * E_ARGUMENT (size), E_BUSY (no virtual CPU for this thread), E_FAULT, E_MEMORY. Signal-safe once
 * the thread has made a call. */
ANYBPF_API int anybpf_call(const struct anybpf_prog *prog, void *ctx, size_t size,
                           uint64_t *result);

/* ---- Packets ---- */

/* A pointer in 8 bytes on every processor, the layout that compiled code reads. Set the slot of
 * the whole struct to 0 first where pointers are smaller. */
#define ANYBPF_POINTER(type, name)                                                                 \
    union {                                                                                        \
        type *name;                                                                                \
        uint64_t name##_slot;                                                                      \
    }

/* A packet as the host has it; programs of the types xdp, tc and socket see it as struct xdp_md
 * or struct __sk_buff. Zero it, then set head, data, data_end, tail and what matters. */
struct anybpf_packet {
    ANYBPF_POINTER(uint8_t, head);      /* the buffer's first byte: room for xdp_adjust_head */
    ANYBPF_POINTER(uint8_t, data_meta); /* metadata before data; NULL: none, equal to data */
    ANYBPF_POINTER(uint8_t, data);      /* the packet's first byte */
    ANYBPF_POINTER(uint8_t, data_end);  /* past its last byte */
    ANYBPF_POINTER(uint8_t, tail);      /* past the buffer's last byte: room for xdp_adjust_tail */
    uint64_t tstamp;                    /* ns */
    uint32_t ingress_ifindex, egress_ifindex, rx_queue_index;
    uint32_t mark, priority, hash, pkt_type, queue_mapping, tc_index, tc_classid;
    uint32_t wire_len, napi_id, gso_segs, gso_size;
    uint16_t
        protocol; /* Ethertype in network order; 0: taken from the packet by anybpf_call_packet */
    uint16_t vlan_proto, vlan_tci;
    uint16_t vlan_present;
    uint32_t cb[5];
    uint32_t reserved;
};

/* Runs a program of type xdp, tc or socket on one packet; the program may change the packet and
 * the struct. Errors as anybpf_call(). */
ANYBPF_API int anybpf_call_packet(const struct anybpf_prog *prog, struct anybpf_packet *packet,
                                  uint64_t *result);
/* The same for count packets, in order; verdicts[i] receives the result of packets[i]. */
ANYBPF_API int anybpf_call_batch(const struct anybpf_prog *prog, struct anybpf_packet *packets,
                                 size_t count, uint32_t *verdicts);
/* A trusted program may fault at any access. A fault is a signal, and the kernel kills a process
 * that faults with SIGSEGV or SIGBUS blocked. So each call of a trusted program asks the kernel
 * whether both signals are let through and arrive here, which takes three system calls. Between
 * these two the thread has asked already, and its calls cost what those of verified programs do;
 * meanwhile it must not block the two signals, and no thread install handlers of them that do not
 * chain. They nest, and may be held as long as the thread lives; a call of anybpf_call_batch() is
 * within them by itself. Signal-safe once the thread has made a call. */
ANYBPF_API void anybpf_trusted_begin(void);
ANYBPF_API void anybpf_trusted_end(void);

/* ---- Native functions ---- */

/* A program attached to a function. */
struct anybpf_link;

struct anybpf_attach_options {
    uint64_t cookie; /* what bpf_get_attach_cookie() gives */
    bool account;    /* count the runs and the time that they take */
    bool sled;       /* only where the function was built with a place for it (see below) */
    /* Of a variadic function, the most bytes of arguments, named ones included, that its callers
     * put on the stack (up to 2,048, each argument aligned to no more than 64): that much is copied
     * for programs that run behind the function, which are refused while this is 0. */
    uint32_t stack_bytes;
    /* Not the function itself but the calls made through ... */
    void **pointer;       /* ... this variable, or ... */
    const char *import;   /* ... an import of this name of the loaded file that holds ... */
    const void *importer; /* ... this address (any of its functions) */
};

/* Lets a program of section fentry, fexit, fmod_ret, fsession, replace, uprobe or uretprobe run
 * whenever the function is called, by whatever thread. function: its address; NULL: the one given
 * to anybpf_env_function(). options: zeroed but for what is wanted; NULL: nothing is. Other threads
 * may run the function meanwhile.
 *
 * The function's entry is changed: best where it was built with -fpatchable-function-entry=5,0
 * (x86-64; 2,0 on arm64), else its first instructions are moved aside, where that can be done.
 * Several programs of one function run in this order: fentry, fmod_ret, replace (from the oldest
 * on), the function itself, fexit (from the oldest on). A session (fsession) stands around what was
 * attached before it; bpf_session_is_return() and bpf_session_cookie() tell its halves; it needs
 * a place for the jump. fmod_ret
 * programs that return something other than 0 keep the rest up to fexit from running; that is the
 * function's result then: an integer of its type, -4095 to -1 for a pointer, 1 where there is no
 * result. Any other result they cannot give: there they have to return 0. A function called by what
 * a program calls runs no program again (missed).
 *
 * uprobe is as fentry and uretprobe as fexit, but they have struct pt_regs of the processor, to be
 * read: argument registers, stack pointer and the function's address at the entry, the registers of
 * the result and the stack pointer at the exit; what else is in it reads as 0.
 *
 * The program is loaded if it is not. NULL: as anybpf_load_prog(); E_UNSUPPORTED with the reason
 * where the function cannot be intercepted or a program cannot do what it should there. */
ANYBPF_API struct anybpf_link *anybpf_attach(struct anybpf_prog *prog, void *function,
                                             const struct anybpf_attach_options *options);
/* Calls of the function that begin after this do not run the program. Calls that have begun go on,
 * so the program's memory is kept for them. Closing the object does the same; what it leaves is
 * freed by a later anybpf_close() or anybpf_env_free(), once every thread was seen outside. Where
 * functions switch stacks themselves (fibers), a call on a stack that no thread is on is not seen:
 * it has to return first. After an error it is attached still: E_SYSTEM. NULL is allowed. */
ANYBPF_API int anybpf_detach(struct anybpf_link *link);

struct anybpf_link_info {
    uint64_t runs, time_ns; /* where options.account was set, else 0 */
    uint64_t
        misses; /* not run: no virtual CPU for the thread, or within another attached program */
};
/* size: sizeof info, so that the struct can grow. */
ANYBPF_API void anybpf_link_info(const struct anybpf_link *link, struct anybpf_link_info *info,
                                 size_t size);

/* A program of a section "struct_ops" as a C function of the type of the member it is for, to be
 * put in such a table and called as plain C; lives as long as the object. A variable of section
 * ".struct_ops" names it in a member, or its section does: "struct_ops/TABLE.MEMBER". Before it can
 * run (no virtual CPU free) it returns 0. Loads the program if it is not. NULL: as
 * anybpf_load_prog(), and E_UNSUPPORTED for what a program cannot take or return. */
ANYBPF_API void *anybpf_function(struct anybpf_prog *prog);

/* Fills a table of functions and numbers from the object. memory is a struct TABLE, as the
 * environment's declarations have it (anybpf_env_declare()). As libbpf has them, tables are
 * variables:
 *
 *     SEC(".struct_ops") struct TABLE name = { .member = (void *)prog, .number = 3 };
 *
 * (".struct_ops.link" too). Members go by name to where the host's struct has them, and must be of
 * the same type there; what only the object's struct has must be 0. Pointers that no program is
 * become NULL. variable: its name; NULL: the first of struct TABLE, or, where the object has none,
 * the programs of sections "struct_ops/TABLE.MEMBER". Other members stay as they are.
 * Nothing is changed after an error: as anybpf_function(); E_NOT_FOUND: no such struct or variable,
 * or no program for it; E_UNSUPPORTED: a member is not there or of another type (both are named);
 * E_FORMAT: an address that is no program. */
ANYBPF_API int anybpf_fill_table(struct anybpf_object *obj, const char *table, const char *variable,
                                 void *memory);

/* ---- Maps ---- */

/* The map of that name, made if it was not; and all maps one after another. */
ANYBPF_API struct anybpf_map *anybpf_find_map(struct anybpf_object *obj, const char *name);
ANYBPF_API struct anybpf_map *anybpf_next_map(struct anybpf_object *obj, struct anybpf_map *map);

struct anybpf_map_info {
    const char *name;
    uint32_t type; /* the kernel's enum bpf_map_type */
    uint32_t key_size, value_size, max_entries, flags;
    uint32_t cpus; /* values per key that anybpf_map_lookup() gives: 1, or of per-CPU maps more */
    bool is_data;  /* global data: .rodata, .data, .bss */
    uint32_t key_type, value_type; /* ids in the object's BTF; 0: unknown */
};
ANYBPF_API void anybpf_map_info(const struct anybpf_map *map, struct anybpf_map_info *info,
                                size_t size);

enum { ANYBPF_ANY = 0, ANYBPF_NOEXIST = 1, ANYBPF_EXIST = 2 };

/* Copy values out and in. Per-CPU maps: cpus values, each padded to 8 bytes, one after another.
 * E_NOT_FOUND, E_EXISTS, E_FULL, E_ARGUMENT, E_MEMORY, E_UNSUPPORTED (for this kind of map). */
ANYBPF_API int anybpf_map_lookup(const struct anybpf_map *map, const void *key, void *value);
ANYBPF_API int anybpf_map_update(struct anybpf_map *map, const void *key, const void *value,
                                 uint64_t flags);
ANYBPF_API int anybpf_map_delete(struct anybpf_map *map, const void *key);
/* The key after `key` in no particular order; NULL begins. E_NOT_FOUND ends. An element deleted
 * meanwhile may lead back to the beginning, as in the kernel. next may be key's own memory. */
ANYBPF_API int anybpf_map_next_key(const struct anybpf_map *map, const void *key, void *next);
/* The memory of global data or of an array, as programs see it; lives as long as the object. NULL
 * for other kinds. size may be NULL. Read-only data (.rodata) may be changed until a program that
 * uses it is loaded: the verifier and the compiler believe what they find there. */
ANYBPF_API void *anybpf_map_data(struct anybpf_map *map, size_t *size);
/* Puts a loaded program in a slot of a prog array, or takes it out (NULL). An array has programs of
 * one type, for functions of one function and kind, compiled or not, trusted or not, as are those
 * that call through it: E_ARGUMENT. */
ANYBPF_API int anybpf_map_set_prog(struct anybpf_map *map, uint32_t index,
                                   const struct anybpf_prog *prog);

/* ---- Values ---- */

enum anybpf_style {
    ANYBPF_LINE, /* { .price = 5, .side = BUY, .name = "Ada" } */
    ANYBPF_TREE, /* the same over several lines */
    ANYBPF_JSON
};
/* Prints a value by its C type. type: an id in the object's BTF: of a map's keys and values
 * anybpf_map_info() has it, and in records of ring buffers a program puts it with
 * bpf_core_type_id_local(struct ...). size: bytes of the value, no less than the type has. text
 * gets what has room, as by snprintf(), and the result is the length of the whole without the NUL,
 * or an error: E_NOT_FOUND (no such type), E_ARGUMENT (size), E_MEMORY. For any thread. */
ANYBPF_API int anybpf_print(const struct anybpf_object *obj, uint32_t type, const void *value,
                            size_t size, enum anybpf_style style, char *text, size_t room);

/* ---- Ring buffers ---- */

/* A descriptor for poll and epoll, readable while records wait; the map's own: do not close it. */
ANYBPF_API int anybpf_ring_fd(struct anybpf_map *map);
/* Waits up to timeout_ms (0: not at all; negative: for ever) and gives every waiting record to
 * `record`, until that returns non-zero. Returns the number of records consumed, or a negative
 * error. One thread at a time. Perf event arrays too: cpu is the virtual CPU of the record. */
typedef int anybpf_record_fn(void *user, uint32_t cpu, const void *data, size_t size);
ANYBPF_API int anybpf_ring_poll(struct anybpf_map *map, int timeout_ms, anybpf_record_fn *record,
                                void *user);

/* ---- Process ---- */

/* What a process has only one of. */
enum anybpf_process_setting {
    ANYBPF_PERF_MAP = 1,     /* 1: write /tmp/perf-PID.map for perf */
    ANYBPF_GDB = 2,          /* 1: tell gdb of compiled programs */
    ANYBPF_FAULT_HANDLER = 3 /* 0: never install handlers of SIGSEGV and SIGBUS; the host then
                                gives these signals to anybpf_handle_fault() */
};
/* Before the first program is loaded. E_ARGUMENT, E_BUSY. */
ANYBPF_API int anybpf_process_set(enum anybpf_process_setting setting, uint64_t value);
/* For hosts that own the signal: call it first in the handler, with the handler's arguments;
 * true if the fault was a program's and is dealt with. Signal-safe. */
ANYBPF_API bool anybpf_handle_fault(int signal, void *siginfo, void *ucontext);

ANYBPF_API const char *anybpf_version(void);

#ifdef __cplusplus
}
#endif
#endif
