package io.mosaik.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says on a test that Jazzer fuzzes which decoders its bytes reach. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Decodes {

  /** The classes that decode, or that hold a codec. */
  Class<?>[] value();
}
