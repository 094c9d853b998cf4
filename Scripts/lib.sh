# shellcheck shell=bash
# What the scripts share: finding a Swift toolchain, installing what is missing, building with the log kept aside.
# To be sourced, with `set -euo pipefail` already in force.

# shellcheck disable=SC2034 # used by the scripts that source this
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# The oldest Swift that can build this package (see the first line of Package.swift).
swift_needed=6.1
# sysexits.h: a service that is needed is not there.
EX_UNAVAILABLE=69

say() { printf '%s\n' "$@" >&2; }

# fail EXIT-CODE LINE…
fail() {
  local code=$1
  shift
  printf 'error: %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '       %s\n' "$@" >&2
  exit "$code"
}

# swift_version COMMAND: prints `6.3`; nothing where the command is no Swift (OpenStack has a `swift` too).
swift_version() {
  "$1" --version 2>/dev/null </dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1
}

# at_least VERSION MINIMUM
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Puts the first Swift toolchain that is new enough in front of PATH.
use_swift() {
  [ "$(uname -s)" = Linux ] || fail "$EX_UNAVAILABLE" "Lockstep runs on Linux, and this is $(uname -s)" \
    "Use a Linux machine, or a container with a Swift toolchain (the image swift:$swift_needed)."
  local candidate version outdated=
  for candidate in "$(command -v swift || true)" \
    "${SWIFTLY_BIN_DIR:-${HOME-}/.local/share/swiftly/bin}/swift" "${HOME-}/.swiftly/bin/swift" \
    {/opt/swift,/usr/share/swift,/usr/local/swift,/usr/libexec/swift,/opt/swift-latest,"${HOME-}/swift"}{/usr/bin,/bin}/swift \
    /usr/libexec/swift/*/bin/swift /opt/swift-*/usr/bin/swift /usr/share/swift-*/usr/bin/swift; do
    [ -x "$candidate" ] || continue
    version=$(swift_version "$candidate")
    [ -n "$version" ] || continue
    if at_least "$version" "$swift_needed"; then
      PATH=$(dirname -- "$candidate"):$PATH
      export PATH
      return
    fi
    outdated="$candidate is Swift $version"
  done
  fail "$EX_UNAVAILABLE" "no Swift toolchain of version $swift_needed or later${outdated:+ ($outdated)}" \
    "Install one from https://www.swift.org/install/linux/ and run this again." \
    "A toolchain elsewhere is found through PATH: PATH=/path/to/usr/bin:\$PATH $0"
}

# Whether what a Debian package brings is there, however it got there.
has_package() {
  case $1 in
    g++) command -v ld >/dev/null && [ -e /usr/include/stdio.h ] && compgen -G '/usr/include/c++/*' >/dev/null ;;
    git) command -v git >/dev/null ;;
    curl) command -v curl >/dev/null ;;
    valgrind) command -v valgrind >/dev/null ;;
    strace) command -v strace >/dev/null ;;
    zsh | fish | groff | mandoc) command -v "$1" >/dev/null ;;
    pkg-config) command -v pkg-config >/dev/null ;;
    libhdf5-dev) pkg-config --exists hdf5 2>/dev/null ;;
    zlib1g-dev) pkg-config --exists zlib 2>/dev/null ;;
    libssl-dev) pkg-config --exists libcrypto 2>/dev/null ;;
    python3) command -v python3 >/dev/null ;;
    chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed ;;
  esac
}

why_package() {
  case $1 in
    g++) echo "system headers and linker that the Swift compiler needs" ;;
    git) echo "fetches swift-argument-parser, which reads the command line" ;;
    valgrind) echo "counts instructions, to compare with those of the last version" ;;
    strace) echo "makes system calls fail, and kills a run at any of them" ;;
    curl) echo "downloads data sets, also in the tests" ;;
    zsh | fish) echo "complete lockstep's arguments in the tests" ;;
    groff) echo "reads the manual page in the tests" ;;
    pkg-config) echo "finds the libraries below" ;;
    libhdf5-dev) echo "HDF5, the format of checkpoints" ;;
    zlib1g-dev) echo "zlib, reads .gz data sets" ;;
    libssl-dev) echo "libcrypto, SHA-256 of checkpoints and data sets" ;;
    python3 | python3-venv) echo "compares with Keras, onnxruntime and a JSON Schema validator in the tests" ;;
    chromium) echo "opens the pages that Lockstep makes, in the tests" ;;
    *) echo "needed" ;;
  esac
}

# missing_packages PACKAGE…: prints those whose content is not there.
missing_packages() {
  local package
  for package in "$@"; do
    has_package "$package" || printf '%s\n' "$package"
  done
}

# install_packages PACKAGE…: installs what is missing, after saying what and why. Without anything missing it does nothing.
install_packages() {
  local missing package as_root=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0

  say "Missing packages:"
  for package in "${missing[@]}"; do
    printf '  %-14s %s\n' "$package" "$(why_package "$package")" >&2
  done
  command -v apt-get >/dev/null ||
    fail "$EX_UNAVAILABLE" "this system has no apt-get" \
      "Install the packages above (Debian's names) its own way, then run this again."
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "$EX_UNAVAILABLE" "neither root nor sudo: ask an administrator to run" "apt-get install ${missing[*]}"
    as_root=(sudo)
    sudo -n true 2>/dev/null || say "sudo may ask for your password."
  fi
  say "Installing them with apt-get…"
  # One repository of several that cannot be reached is no reason to give up.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 </dev/null || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install --no-install-recommends --yes "${missing[@]}" >&2 </dev/null ||
    fail "$EX_UNAVAILABLE" "apt-get could not install: ${missing[*]}" \
      "Its messages are above. Without a network, install them from a mirror or medium, then run this again."
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || fail "$EX_UNAVAILABLE" "installed, but still not found: ${missing[*]}"
}

# What every build needs.
install_build_packages() { install_packages g++ git pkg-config libhdf5-dev zlib1g-dev libssl-dev; }

# Sets LOCKSTEP_DATA to a folder of data sets with MNIST, unless it is set; fails where there is none.
use_data() {
  local folder
  [ -z "${LOCKSTEP_DATA-}" ] || return 0
  for folder in "$root/Data" "$root/../shared/data"; do
    [ -d "$folder/mnist" ] || continue
    LOCKSTEP_DATA=$(cd -- "$folder" && pwd)
    export LOCKSTEP_DATA
    return 0
  done
  return 1
}

# require_data: ends the script where there is no MNIST.
require_data() {
  use_data || fail 66 "MNIST is missing" "Fetch it: $root/.build/release/lockstep data fetch mnist --directory $root/Data/mnist" \
    "or let LOCKSTEP_DATA name a folder of data sets that has it."
}

# build_quietly LOG COMMAND…: runs a build; shows one moving line on a terminal and nothing elsewhere, the log where it fails.
build_quietly() {
  local log=$1 status=0 line started=$SECONDS
  shift
  mkdir -p -- "$(dirname -- "$log")"
  if [ -t 2 ]; then
    local width
    width=$(tput cols 2>/dev/null || echo 80)
    "$@" 2>&1 </dev/null | tee -- "$log" | while IFS= read -r line; do
      case $line in
        \[*) printf '\r\033[K%s' "${line:0:width-1}" >&2 ;;
      esac
    done || status=$?
    printf '\r\033[K' >&2
  else
    "$@" >"$log" 2>&1 </dev/null || status=$?
  fi
  if ((status != 0)); then
    cat -- "$log" >&2
    fail "$status" "the build failed; its messages are above"
  fi
  ((SECONDS - started < 10)) || say "Built in $((SECONDS - started)) s."
}
