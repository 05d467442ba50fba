package io.mosaik.streams;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the stream of a type, so that renaming or moving the class doesn't make another stream.
 * Without it the stream is named by the fully qualified class name.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Datum {

  /** The name, as {@code "orders"}; 64 hexadecimal characters are the id itself. */
  String value();
}
