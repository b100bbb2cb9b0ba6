# Shared by quickstart and run-tests: packages, the build, kernels. Sourced with $top set to the checkout.
# Everything that it keeps outside the checkout lies in the user's cache folder.

export DEBIAN_FRONTEND=noninteractive
export HOME="${HOME:-/root}"
cache="${XDG_CACHE_HOME:-$HOME/.cache}"
export CCACHE_DIR="${CCACHE_DIR:-$cache/ccache}"
export CCACHE_BASEDIR="$top" CCACHE_NOHASHDIR=1 # another clone of the same tree finds the same objects
export CCACHE_SLOPPINESS=pch_defines,time_macros # or it would keep nothing that a precompiled header is read into

build_packages="cmake ninja-build ccache g++ llvm-19-dev libclang-19-dev antlr4 default-jre-headless
  libantlr4-runtime-dev libyaml-cpp-dev libgtest-dev libcli11-dev libfmt-dev nlohmann-json3-dev libexpected-dev
  libbpf-dev libelf-dev zlib1g-dev liblzma-dev libssl-dev libbdd-dev libvalijson-dev clang-19 qemu-system-x86
  xz-utils"
test_packages="libclang-rt-19-dev clang-format-19 mmdebstrap e2fsprogs python3"

say() { printf '\n== %s\n' "$*"; }

give_up() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 3
}

missing_packages() {
	local package
	for package in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
	done
}

# Installs those of the named Debian packages that are missing; the package lists are renewed only when needed.
need_packages() {
	local missing log
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	[ "$(id -u)" = 0 ] || give_up "these packages are missing, and only root can install them: $missing"
	say "installing Debian packages: $missing"
	log=$(mktemp)
	# shellcheck disable=SC2086 # a list of words
	if ! apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 $missing >"$log" 2>&1; then
		apt-get update >>"$log" 2>&1 &&
			apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 $missing >>"$log" 2>&1 || {
			tail -n 20 "$log" >&2
			rm -f "$log"
			give_up "the packages could not be installed"
		}
	fi
	rm -f "$log"
}

# configure_and_build PRESET FOLDER [TARGET…]
configure_and_build() {
	local preset=$1 folder=$top/$2 log
	shift 2
	log=$(mktemp)
	(cd "$top" && cmake --preset "$preset") >"$log" 2>&1 || {
		grep -A 12 'CMake Error' "$log" >&2
		rm -f "$log"
		give_up "the build could not be configured"
	}
	mv "$log" "$folder/configure.log"
	# ninja writes a line for each step when it has no terminal; every fiftieth is progress enough.
	if ! ninja -C "$folder" "$@" 2>&1 | tee "$folder/build.log" |
		awk '/^\[[0-9]+\/[0-9]+\]/ { if (n++ % 50 == 0) { print; fflush() } }'; then # the callers set pipefail
		grep -A 20 -m 3 FAILED "$folder/build.log" >&2
		give_up "the build failed; all of it is in $folder/build.log"
	fi
}

# Kernels to test on, unpacked into the cache folder and never installed.
fetch_kernels() { "$top/build/stele" kernels fetch "$@"; }

# The Debian mirror that this machine's own apt uses: the first main archive that is not for security or updates.
machine_mirror() {
	apt-get indextargets --format '$(REPO_URI)|$(CODENAME)|$(COMPONENT)' 'Created-By: Packages' |
		awk -F'|' '$3 == "main" && $2 !~ /-/ && !found++ { print $1 }'
}

# bootstrap RELEASE FOLDER PACKAGE…: a Debian root without manuals.
bootstrap() {
	local release=$1 root=$2 mirror
	shift 2
	mirror=$(machine_mirror)
	[ -n "$mirror" ] || give_up "apt names no Debian mirror on this machine; run \`apt-get update\` first"
	mmdebstrap --quiet --mode=root --variant=minbase --include="$(echo "$@" | tr ' ' ,)" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$release" "$root" "$mirror"
}

# Roots of the machines to test on, made from packages in the cache folder (tests/machine).
make_machines() {
	local other code=0
	"$top/tests/machine/make_root" bookworm >/dev/null &
	other=$!
	"$top/tests/machine/make_root" trixie >/dev/null || code=$?
	wait "$other" && return "$code"
}
