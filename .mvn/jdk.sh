# Sourced by ./mvnw and ./jakube: sets JAVA_HOME to a JDK 25 or newer, or ends with one sentence that says what to do.
jakube_jdk_major() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || { echo 0; return; }
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | head -n 1
}
jakube_find_jdk() {
  for candidate in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v javac 2>/dev/null)" 2>/dev/null)" 2>/dev/null)" 2>/dev/null)" \
    $(set +f; ls -d /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* 2>/dev/null); do
    [ -n "$candidate" ] || continue
    major=$(jakube_jdk_major "$candidate")
    if [ "${major:-0}" -ge 25 ]; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "Jakube needs a JDK 25 or newer, and none was found in JAVA_HOME, on the PATH or under /usr/lib/jvm: install one (for example temurin-25-jdk) or set JAVA_HOME to it." >&2
  return 1
}
jakube_find_jdk || exit 1
