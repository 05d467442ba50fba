package io.mosaik.architecture;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.Decodes;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import java.io.DataInputStream;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the classes that make something of bytes, by what they extend and what they call. */
final class Decoders {

  /** By which calls foreign bytes are looked at; a star stands for any end of a name. */
  private static final Map<Class<?>, List<String>> READS =
      Map.of(
          BinaryReader.class, List.of("<init>"),
          DataInputStream.class, List.of("read*"),
          ByteBuf.class, List.of("readBytes", "readUnsigned*", "getLong", "getBytes"),
          QuicConnectionCloseEvent.class, List.of("reason"),
          Certificate.class, List.of("getPublicKey"),
          X509Certificate.class, List.of("getPublicKey"));

  private Decoders() {}

  /**
   * The names of the outermost classes that decode: those that take a reader, as codecs do, that
   * look at foreign bytes, or that parse a text.
   */
  static Set<String> in(JavaClasses classes) {
    Set<String> names = new TreeSet<>();
    for (JavaClass each : classes) {
      if (takesAReader(each) || readsBytes(each) || parsesText(each)) {
        names.add(outermost(each).getFullName());
      }
    }
    return names;
  }

  /** The names of the classes that fuzz tests say they decode with. */
  static Set<String> fuzzedBy(JavaClasses tests) {
    Set<String> names = new TreeSet<>();
    for (JavaClass test : tests) {
      if (test.isAnnotatedWith(Decodes.class)) {
        for (Class<?> decoder : test.getAnnotationOfType(Decodes.class).value()) {
          names.add(decoder.getName());
        }
      }
    }
    return names;
  }

  private static boolean takesAReader(JavaClass each) {
    return each.getMethods().stream()
        .flatMap(method -> method.getRawParameterTypes().stream())
        .anyMatch(type -> type.isEquivalentTo(BinaryReader.class));
  }

  private static boolean readsBytes(JavaClass each) {
    return each.getAccessesFromSelf().stream().anyMatch(Decoders::isRead);
  }

  private static boolean isRead(JavaAccess<?> access) {
    return READS.entrySet().stream()
        .filter(read -> access.getTargetOwner().isEquivalentTo(read.getKey()))
        .flatMap(read -> read.getValue().stream())
        .anyMatch(name ->
            name.endsWith("*")
                ? access.getTarget().getName().startsWith(name.substring(0, name.length() - 1))
                : access.getTarget().getName().equals(name));
  }

  private static boolean parsesText(JavaClass each) {
    return each.getMethods().stream().anyMatch(Decoders::isParse);
  }

  private static boolean isParse(JavaMethod method) {
    return method.getName().equals("parse")
        && method.getModifiers().contains(JavaModifier.STATIC)
        && method.getRawParameterTypes().size() == 1
        && method.getRawParameterTypes().getFirst().isEquivalentTo(String.class);
  }

  private static JavaClass outermost(JavaClass each) {
    return each.getEnclosingClass().map(Decoders::outermost).orElse(each);
  }
}
