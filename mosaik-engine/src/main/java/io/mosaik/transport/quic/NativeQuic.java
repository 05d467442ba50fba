package io.mosaik.transport.quic;

import io.mosaik.transport.TransportUnavailableException;
import io.netty.handler.codec.quic.Quic;
import io.netty.util.Version;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes sure, before anything is opened, that QUIC works here; says what to do if it doesn't. */
final class NativeQuic {

  private static final String ARTIFACT = "netty-codec-classes-quic";
  private static final String LEAST_VERSION = "4.2.18";

  private NativeQuic() {}

  /**
   * Loads the native library.
   *
   * @throws TransportUnavailableException if it isn't there for this platform, doesn't load, or is
   *     too old
   */
  static void ensureAvailable() {
    try {
      Quic.ensureAvailability();
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new TransportUnavailableException(
          unavailable(System.getProperty("os.name", "?"), System.getProperty("os.arch", "?")), e);
    }
    Version version = Version.identify(NativeQuic.class.getClassLoader()).get(ARTIFACT);
    String found = version == null ? null : version.artifactVersion();
    if (isTooOld(found)) {
      throw new TransportUnavailableException(
          "Netty QUIC "
              + found
              + " is on the class path; older than "
              + LEAST_VERSION
              + " it fails on Alpine and has security holes (CVE-2026-44894, CVE-2026-50009). Set"
              + " netty.version to "
              + LEAST_VERSION
              + ".Final or newer.");
    }
  }

  static String unavailable(String os, String arch) {
    return "QUIC's native library does not load on "
        + os
        + "/"
        + arch
        + ". It is there for Linux and macOS on x86-64 and arm64, and for Windows on x86-64: put"
        + " io.netty:netty-codec-native-quic with the classifier of this platform (linux-x86_64,"
        + " linux-aarch_64, osx-x86_64, osx-aarch_64, windows-x86_64) on the class path, unshaded;"
        + " a read-only or noexec temporary directory needs -Dio.netty.native.workdir=<folder>.";
  }

  static boolean isTooOld(@Nullable String version) {
    return version != null && Arrays.compare(numbers(version), numbers(LEAST_VERSION)) < 0;
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\D+", -1))
        .filter(part -> !part.isEmpty() && part.length() < 9)
        .limit(3)
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
