#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# command.sh BUILD: options, exit statuses, and that JSON is JSON.
anybpf=$1/anybpf
demo=$(dirname "$0")/../../demo
objects=$1/tests/obj
firewall=$1/demo/firewall.bpf.o
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

ok() {
    passed=$((passed + 1))
}
bad() {
    failed=$((failed + 1))
    echo "FAILED: $*"
}
# status N COMMAND..: the command ends with that status and, unless it is 0, says why.
status() {
    wanted=$1
    shift
    "$@" >"$dir/out" 2>"$dir/err" </dev/null
    got=$?
    if [ $got -ne "$wanted" ]; then
        bad "$*: status $got, not $wanted: $(cat "$dir/err")"
    elif [ "$wanted" -ne 0 ] && ! [ -s "$dir/err" ] && ! [ -s "$dir/out" ]; then
        bad "$*: no word of why"
    else
        ok
    fi
}
# says TEXT: the last command's output has it.
says() {
    if grep -qF -- "$1" "$dir/out"; then ok; else bad "no \"$1\" in: $(cat "$dir/out")"; fi
}
json() {
    if python3 -m json.tool <"$dir/out" >/dev/null 2>"$dir/why"; then ok; else bad "$(cat "$dir/why" "$dir/out")"; fi
}

status 2 "$anybpf"
status 2 "$anybpf" no-such-command
status 0 "$anybpf" --help
status 0 "$anybpf" --version
for command in run verify dump bench conformance plugin abi; do
    status 0 "$anybpf" $command --help
    says "usage: anybpf $command"
    ! grep -qF '(null)' "$dir/out" && ok || bad "$command --help: an option without a word"
    status 2 "$anybpf" $command --no-such-option
done

status 0 "$anybpf" dump "$firewall" --opt=-fold,-dead
status 0 "$anybpf" bench "$firewall" --data-in "$firewall" --opt -number --json
json
status 2 "$anybpf" dump "$firewall" --opt=fold
status 2 "$anybpf" dump "$firewall" --opt=-fold,-nothing
status 2 "$anybpf" run "$firewall" --data-in "$firewall" --opt=-fold,,-dead

status 0 "$anybpf" abi --arch x86_64 'struct s { long a; double b; }; struct s f(char c, struct s s)'
says 's: rsi[0:8] xmm0[8:8]'
says 'result: rax[0:8] xmm0[8:8]'
status 0 "$anybpf" abi --arch arm64 --clang 'struct s { int : 4; }; void f(struct s, int i)'
says 'i: x0[0:4]'
status 1 "$anybpf" abi --arch x86_64 'struct s f(void)'
status 2 "$anybpf" abi --arch vax 'void f(void)'
status 2 "$anybpf" abi --binary "$anybpf" no_such_function
if "$anybpf" abi --binary "$anybpf" main >/dev/null 2>"$dir/err"; then
    cat >"$dir/types.c" <<'END'
struct s { char c; double d __attribute__((aligned(32))); };
typedef float v16f __attribute__((vector_size(16)));
struct s traced(struct s *p, _Complex float z, v16f v, enum { A, B } e, int (*f)(void), struct s s,
                long double q, struct { int a : 3, b; float f[2]; } m) { return *p; }
END
    cc -g -w -Wno-psabi -fPIC -shared -o "$dir/types.so" "$dir/types.c"
    status 0 "$anybpf" abi --binary "$dir/types.so" traced
    mv "$dir/out" "$dir/dwarf"
    status 0 "$anybpf" abi "$(sed 's/ { return.*/;/' "$dir/types.c")"
    cmp -s "$dir/dwarf" "$dir/out" && ok || bad "DWARF and C text differ: $(cat "$dir/dwarf" "$dir/out")"
    trace=$1/demo/trace.bpf.o
    status 0 "$anybpf" verify "$trace" --binary "$1/demo/server"
    says 'on_margin: accepted ('
    status 0 "$anybpf" verify "$1/examples/tariff.bpf.o" --binary "$1/examples/tariff"
    says 'price: accepted ('
    status 2 "$anybpf" verify "$1/examples/tariff.bpf.o" --binary "$1/examples/count"
    for arch in x86_64 arm64; do
        status 0 "$anybpf" dump "$trace" --binary "$1/demo/server" --arch $arch
    done
    says '; the same at the exit'
    status 2 "$anybpf" verify "$trace" --binary "$anybpf"
    status 2 "$anybpf" verify "$trace" --binary /nonexistent
    status 1 "$anybpf" dump "$trace"
fi

status 2 "$anybpf" verify
status 2 "$anybpf" verify /nonexistent
status 2 "$anybpf" verify "$demo/traffic.pcap"
status 2 "$anybpf" verify "$firewall" --prog nobody
status 0 "$anybpf" verify "$firewall" -v
says 'firewall: accepted ('
says 'firewall: stack '
status 0 "$anybpf" verify "$firewall" --json
json
status 1 "$anybpf" verify "$objects/own_sections.bpf.o"
says 'pass: rejected: '
status 0 "$anybpf" verify "$objects/own_sections.bpf.o" --prog pass --type xdp

status 2 "$anybpf" run "$firewall"
status 2 "$anybpf" run "$firewall" --pcap "$demo/traffic.pcap" --ctx /dev/null
status 2 "$anybpf" run "$firewall" --pcap /nonexistent
status 2 "$anybpf" run "$firewall" --pcap "$demo/firewall.rules"
status 2 "$anybpf" run "$firewall" --pcap "$demo/traffic.pcap" --init "$demo/capture.sh"
printf 'blocked 192.0.2.1\nblocked nonsense\n' >"$dir/rules"
status 2 "$anybpf" run "$firewall" --pcap "$demo/traffic.pcap" --init "$dir/rules"
status 0 "$anybpf" run "$firewall" --pcap "$demo/traffic.pcap" --init "$demo/firewall.rules" \
    -w "$dir/passed.pcap"
says ' packets, '
says 'XDP_PASS'
says '192.0.2.66'
passes=$(sed -n 's/^  XDP_PASS  *\([0-9,]*\).*/\1/p' "$dir/out")
status 0 "$anybpf" run "$objects/many_programs.bpf.o" --pcap "$dir/passed.pcap"
says "first: $passes packets"
status 0 "$anybpf" run "$firewall" --pcap "$demo/traffic.pcap" --json
json
tail -c 100 "$demo/traffic.pcap" | head -c 60 >"$dir/packet"
status 0 "$anybpf" run "$objects/adjust.bpf.o" --prog push_header --data-in "$dir/packet" \
    --data-out "$dir/longer" --repeat 3
says 'XDP_TX'
[ "$(wc -c <"$dir/longer")" -eq 68 ] && ok || bad "push_header: $(wc -c <"$dir/longer") bytes"
status 0 "$anybpf" run "$objects/ring_buffer.bpf.o" --prog record --pcap "$demo/traffic.pcap" --json
json
head -c 96 /dev/zero >"$dir/words"
status 0 "$anybpf" run "$objects/raw_tracepoint.bpf.o" --prog example --ctx "$dir/words"
status 1 "$anybpf" run "$objects/raw_tracepoint.bpf.o" --prog example --data-in "$dir/packet"

for stage in load verify ir opt code; do
    status 0 "$anybpf" dump "$firewall" --after=$stage
    for arch in x86_64 arm64; do
        status 0 "$anybpf" dump "$firewall" --after=$stage --arch $arch
    done
done
says 'firewall.bpf.c:'
status 2 "$anybpf" dump "$firewall" --after=dinner
status 2 "$anybpf" dump "$firewall" --arch pdp11

status 0 "$anybpf" bench "$firewall" --data-in "$dir/packet" --json
json
for key in insns verify_ns compile_ns code_bytes runs ns_min ns_median r0 level; do
    says "\"$key\": "
done
status 2 "$anybpf" bench
printf '\267\000\000\000\052\000\000\000\225\000\000\000\000\000\000\000' >"$dir/raw" # r0 = 42; exit
status 0 "$anybpf" bench --raw "$dir/raw" --mem "$dir/packet" --json
json
says '"r0": "42"'
says '"level": "verified"'
printf '\277\140\000\000\000\000\000\000\225\000\000\000\000\000\000\000' >"$dir/raw" # r0 = r6; exit
status 0 "$anybpf" bench --raw "$dir/raw" --json
json
says '"level": "trusted"'
says '"not_verified": '
status 2 "$anybpf" bench --raw "$dir/packet"

status 2 "$anybpf" conformance /nonexistent
mkdir "$dir/vectors"
printf -- '-- asm\nmov %%r0, 2\nexit\n-- result\n0x2\n' >"$dir/vectors/good.data"
status 0 "$anybpf" conformance "$dir/vectors"
says '1 passed, 0 failed'
status 0 "$anybpf" conformance "$dir/vectors" --interp --json
json
printf -- '-- asm\nmov %%r0, 2\nexit\n-- result\n0x3\n' >"$dir/vectors/bad.data"
status 1 "$anybpf" conformance "$dir/vectors"
says '1 passed, 1 failed'

result=$(echo '61 10 00 00 00 00 00 00 95 00 00 00 00 00 00 00' | "$anybpf" plugin '78 56 34 12')
[ "$result" = 12345678 ] && ok || bad "plugin: \"$result\""
status 2 sh -c 'echo nonsense | "$0" plugin' "$anybpf"
status 2 sh -c 'echo 95 00 | "$0" plugin' "$anybpf"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
