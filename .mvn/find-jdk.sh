#!/bin/sh
# Prints the home of a JDK 21 or newer, or one sentence on stderr and exits 1 if there is none.
#
#   JAVA_HOME="$(sh .mvn/find-jdk.sh)" || exit 1
#
# The first that fits wins: JAVA_HOME, the java on the PATH, then everything that lies where
# packages, version managers and IDEs put JDKs: the newest long-term release among those, else
# the newest. A JDK counts only with its compiler and only if it starts on this machine.
#
# FIND_JDK_ROOT is put before the system's folders; the tests point it at a made-up machine.

set -u
least=21
root="${FIND_JDK_ROOT-}"
home="${HOME:-/nonexistent}"

# The feature release of the JDK in folder $1 (21 of 21.0.4); nothing if it is no JDK.
release_of() {
  [ -x "$1/bin/java" ] || [ -x "$1/bin/java.exe" ] || return 0
  [ -x "$1/bin/javac" ] || [ -x "$1/bin/javac.exe" ] || return 0
  version=
  if [ -r "$1/release" ]; then
    version="$(sed -n 's/^JAVA_VERSION="*\([0-9][0-9]*\).*/\1/p' "$1/release" | head -n 1)"
  fi
  if [ -z "$version" ]; then
    version="$("$1/bin/java" -version 2>&1 </dev/null |
      sed -n 's/.* version "\([0-9][0-9]*\).*/\1/p' | head -n 1)"
  fi
  printf '%s\n' "$version"
}

starts() { "$1/bin/java" -version >/dev/null 2>&1 </dev/null; }

# Prints $1 and ends if it is a JDK that fits.
take_if_fit() {
  release="$(release_of "$1")"
  if [ -n "$release" ] && [ "$release" -ge "$least" ] && starts "$1"; then
    printf '%s\n' "$1"
    exit 0
  fi
}

# The JDK that the command java on the PATH belongs to, through its symbolic links.
path_jdk() {
  command_path="$(command -v java)" || return 0
  hops=0
  while [ -L "$command_path" ] && [ "$hops" -lt 40 ]; do
    target="$(readlink "$command_path")"
    case "$target" in
    /*) command_path="$target" ;;
    *) command_path="$(dirname "$command_path")/$target" ;;
    esac
    hops=$((hops + 1))
  done
  (cd "$(dirname "$command_path")/.." 2>/dev/null && pwd -P)
}

# Every folder that may be a JDK's home, one a line.
candidates() {
  env | sed -n 's/^JAVA_\{0,1\}[0-9]*_HOME[_0-9A-Za-z]*=//p; s/^JAVA_HOME_[_0-9A-Za-z]*=//p; s/^JDK_HOME=//p'
  for folder in \
    "$root"/usr/lib/jvm/* \
    "$root"/usr/lib64/jvm/* \
    "$root"/usr/java/* \
    "$root"/usr/local/java/* \
    "$root"/usr/local/jdk* \
    "$root"/usr/local/openjdk* \
    "$root"/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$root"/opt/* \
    "$root"/opt/java/* \
    "$root"/opt/jdk/* \
    "$root"/opt/jdks/* \
    "$root"/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$root"/home/linuxbrew/.linuxbrew/opt/openjdk*/libexec \
    "$root"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$root"/run/current-system/sw/lib/openjdk \
    "$root/c/Program Files/Java"/* \
    "$root/c/Program Files/Eclipse Adoptium"/* \
    "$root/c/Program Files/Microsoft"/jdk* \
    "$home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$home"/.sdkman/candidates/java/* \
    "$home"/.jdks/* \
    "$home"/.jdks/*/Contents/Home \
    "$home"/.asdf/installs/java/* \
    "$home"/.local/share/mise/installs/java/* \
    "$home"/.local/share/rtx/installs/java/* \
    "$home"/.jabba/jdk/* \
    "$home"/.jbang/cache/jdks/* \
    "$home"/.gradle/jdks/* \
    "$home"/.gradle/jdks/*/Contents/Home \
    "$home"/.m2/jdks/* \
    "$home"/.nix-profile/lib/openjdk; do
    [ -d "$folder" ] && printf '%s\n' "$folder"
  done
}

# "<1 if long-term> <release> <folder>" of each candidate that is new enough. Every fourth
# release from 21 on (25, 29 ...) is a long-term one.
fitting() {
  candidates | while IFS= read -r folder; do
    release="$(release_of "$folder")"
    [ -n "$release" ] && [ "$release" -ge "$least" ] || continue
    long_term=0
    [ $(((release - 21) % 4)) -eq 0 ] && long_term=1
    printf '%s %s %s\n' "$long_term" "$release" "$folder"
  done
}

[ -n "${JAVA_HOME-}" ] && take_if_fit "$JAVA_HOME"
on_path="$(path_jdk)"
[ -n "$on_path" ] && take_if_fit "$on_path"

found="$(fitting | sort -k1,1nr -k2,2nr -s | while read -r _ _ folder; do
  if starts "$folder"; then
    printf '%s\n' "$folder"
    break
  fi
done)"
if [ -n "$found" ]; then
  printf '%s\n' "$found"
  exit 0
fi

echo "Mosaik needs a JDK $least or newer and found none here: install one, for instance Temurin from https://adoptium.net, or set JAVA_HOME to where yours lies." >&2
exit 1
