/* SPDX-License-Identifier: Apache-2.0 */
/* Text files of cases; the format stands in runner.h. Damaged test files end the runner. */
#include "runner/runner.h"
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>

char *file_read(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = NULL;
    size_t used = 0, room = 0, got;
    do {
        if (room - used < 4096)
            text = realloc(text, room = room * 2 + 8192);
        got = fread(text + used, 1, room - used - 1, f);
        used += got;
    } while (got);
    bool bad = ferror(f);
    fclose(f);
    if (bad) {
        free(text);
        return NULL;
    }
    text[used] = 0;
    *size = used;
    return text;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_in(const char *text, const char *suffix)
{
    size_t a = strlen(text), b = strlen(suffix);
    return a >= b && !strcmp(text + a - b, suffix);
}

int files_each(const char *folder, const char *suffix, void (*each)(const char *path, void *user),
               void *user)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return -1;
    char **names = NULL;
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (ends_in(entry->d_name, suffix)) {
            names = realloc(names, (count + 1) * sizeof *names);
            names[count++] = strdup(entry->d_name);
        }
    closedir(dir);
    if (count)
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        free(names[i]);
        each(path, user);
    }
    free(names);
    return (int)count;
}

struct section *case_section(const struct test_case *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (!strcmp(c->sections[i].name, name))
            return &c->sections[i];
    return NULL;
}

const char *case_text(const struct test_case *c, const char *name)
{
    const struct section *s = case_section(c, name);
    return s ? s->text : NULL;
}

void case_expect(const struct test_case *c, const char *section, const char *got)
{
    struct section *s = case_section(c, section);
    if (!s) {
        test_fail(c->path, c->line, "there is no section %s; got\n%s", section, got);
    } else if (strcmp(s->text, got) && test_rewrite) {
        free(s->rewritten);
        s->rewritten = strdup(got);
    } else if (strcmp(s->text, got)) {
        test_fail(c->path, s->line, "wanted\n%sgot\n%s", s->text, got);
    }
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

long hex_read(const char *text, uint8_t *bytes, size_t room)
{
    size_t count = 0;
    for (const char *p = text; *p;) {
        if (*p == '#') {
            p += strcspn(p, "\n");
        } else if (isspace((unsigned char)*p)) {
            p++;
        } else {
            int high = digit(p[0]), low = high < 0 ? -1 : digit(p[1]);
            if (low < 0 || count == room)
                return -1;
            bytes[count++] = (uint8_t)(high << 4 | low);
            p += 2;
        }
    }
    return (long)count;
}

/* ---- Reading: the text is cut where it lies; a copy of it serves rewriting ---- */

struct reader {
    const char *kind, *path;
    char file[128];
    struct test_case *cases;
    size_t count;
};

static struct test_case *add_case(struct reader *r, const char *name, int line)
{
    r->cases = realloc(r->cases, (r->count + 1) * sizeof *r->cases);
    struct test_case *c = &r->cases[r->count++];
    *c = (struct test_case){ .path = r->path, .file = r->file, .name = name, .line = line };
    return c;
}

static void add_section(struct test_case *c, char *words, int line)
{
    c->sections = realloc(c->sections, (c->count + 1) * sizeof *c->sections);
    char *name = words + strspn(words, " ");
    char *rest = name + strcspn(name, " ");
    if (*rest)
        *rest++ = 0;
    c->sections[c->count++] = (struct section){ .name = name, .words = rest, .line = line + 1 };
}

/* Cuts text into cases. */
static void split(struct reader *r, char *text)
{
    struct test_case *c = NULL;
    struct section *s = NULL;
    int line = 1;
    for (char *p = text, *next; *p; p = next, line++) {
        next = p + strcspn(p, "\n");
        if (!*next) {
            fprintf(stderr, "%s: the last line has no end\n", r->path);
            exit(2);
        }
        bool head = !strncmp(p, "--", 2) || !strncmp(p, "==", 2);
        if (head && s)
            s->size = (size_t)(p - s->text);
        if (head)
            *next = 0;
        next++;
        if (!strncmp(p, "==", 2)) {
            c = add_case(r, p + 2 + strspn(p + 2, " "), line);
            s = NULL;
        } else if (head) {
            if (!c)
                c = add_case(r, "", line);
            add_section(c, p + 2, line);
            s = &c->sections[c->count - 1];
            s->text = next;
        } else if (!s && *p != '#' && *p != '\n') {
            fprintf(stderr, "%s:%d: text outside a section\n", r->path, line);
            exit(2);
        }
        if (s)
            s->size = (size_t)(next - s->text);
    }
    for (size_t i = 0; i < r->count; i++)
        for (size_t j = 0; j < r->cases[i].count; j++)
            ((char *)(uintptr_t)r->cases[i].sections[j].text)[r->cases[i].sections[j].size] = 0;
}

/* Writes the file anew from its original text, with the rewritten sections. text is the cut copy:
 * a section's place in it is its place in the original. */
static void rewrite(const struct reader *r, const char *text, const char *original)
{
    FILE *f = NULL;
    const char *done = original;
    for (size_t i = 0; i < r->count; i++)
        for (size_t j = 0; j < r->cases[i].count; j++) {
            const struct section *s = &r->cases[i].sections[j];
            if (!s->rewritten)
                continue;
            if (!f && !(f = fopen(r->path, "wb"))) {
                perror(r->path);
                exit(2);
            }
            const char *from = original + (s->text - text);
            fwrite(done, 1, (size_t)(from - done), f);
            fputs(s->rewritten, f);
            done = from + s->size;
        }
    if (f) {
        fputs(done, f);
        fclose(f);
        printf("rewritten: %s\n", r->path);
    }
}

void cases_run_file(const char *kind, const char *path, const char *suffix,
                    void (*body)(const struct test_case *c))
{
    struct reader r = { .kind = kind, .path = path };
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    snprintf(r.file, sizeof r.file, "%.*s", (int)(strlen(base) - strlen(suffix)), base);
    size_t size;
    char *original = file_read(path, &size);
    if (!original) {
        perror(path);
        exit(2);
    }
    char *text = memcpy(malloc(size + 2), original, size + 1);
    if (size && text[size - 1] != '\n')
        strcpy(text + size, "\n");
    split(&r, text);
    for (size_t i = 0; i < r.count; i++) {
        const struct test_case *c = &r.cases[i];
        if (!c->count)
            continue;
        if (test_begin("%s/%s%s%s", kind, r.file, *c->name ? "/" : "", c->name)) {
            body(c);
            test_end();
        }
    }
    if (test_rewrite)
        rewrite(&r, text, original);
    for (size_t i = 0; i < r.count; i++) {
        for (size_t j = 0; j < r.cases[i].count; j++)
            free(r.cases[i].sections[j].rewritten);
        free(r.cases[i].sections);
    }
    free(r.cases);
    free(original);
    free(text);
}

struct folder {
    const char *kind;
    void (*body)(const struct test_case *c);
};

static void run_one(const char *path, void *user)
{
    const struct folder *f = user;
    cases_run_file(f->kind, path, ".t", f->body);
}

void cases_run(const char *kind, void (*body)(const struct test_case *c))
{
    char folder[4096];
    const char *from = getenv("ANYBPF_TESTS");
    snprintf(folder, sizeof folder, "%s/%s", from ? from : TESTS_DIR, kind);
    struct folder f = { kind, body };
    files_each(folder, ".t", run_one, &f);
}
