// SPDX-License-Identifier: Apache-2.0
// The plugins of filter.c, hosted by C++17: handles with owners, errors as exceptions, and the
// program's global data read as it runs.
//     ./plugin filter.bpf.o
#include <anybpf.h>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

struct Request {
    std::uint32_t length;
    std::uint8_t method;
    char path[27];
};

class Plugins {
public:
    explicit Plugins(const std::string &path)
        : env_(anybpf_env_new(), anybpf_env_free)
    {
        check(anybpf_env_context(env_.get(), "req",
            "struct req { __u32 length; __u8 method; char path[27]; };"));
        check(anybpf_env_helper(env_.get(), 1000,
            "int log_msg(const char *text __sz(size), __u32 size)",
            reinterpret_cast<void *>(log)));
        object_ = check(anybpf_open(env_.get(), path.c_str()));
        filter_ = check(anybpf_find(object_, "filter"));
    }

    bool accepts(Request &request) const
    {
        std::uint64_t verdict = 0;
        check(anybpf_call(filter_, &request, sizeof request, &verdict));
        return verdict != 0;
    }

    // Global data is shared memory: this is the plugin's own variable.
    std::uint64_t refused() const
    {
        anybpf_map *data = check(anybpf_find_map(object_, ".bss"));
        return *static_cast<std::uint64_t *>(anybpf_map_data(data, nullptr));
    }

private:
    static int log(const char *text, std::uint32_t size)
    {
        return std::printf("plugin: %.*s\n", static_cast<int>(size), text);
    }

    void check(int code) const
    {
        if (code)
            throw std::runtime_error(anybpf_error(env_.get()));
    }

    template <class T> T *check(T *pointer) const
    {
        if (!pointer)
            throw std::runtime_error(anybpf_error(env_.get()));
        return pointer;
    }

    std::unique_ptr<anybpf_env, void (*)(anybpf_env *)> env_; // owns what follows
    anybpf_object *object_ = nullptr;
    anybpf_prog *filter_ = nullptr;
};

int main(int argc, char **argv)
try {
    Plugins plugins(argc > 1 ? argv[1] : "filter.bpf.o");
    for (std::uint32_t length : { 500u, 1500u, 2500u }) {
        Request request = { length, 'G', "/index" };
        std::printf("%u bytes: %s\n", length, plugins.accepts(request) ? "taken" : "refused");
    }
    std::printf("%llu refused\n", static_cast<unsigned long long>(plugins.refused()));
    return 0;
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
