package io.mosaik.wire;

/** The codecs that come with Mosaik. */
public final class Codecs {

  private Codecs() {}

  /**
   * CBOR (RFC 8949), by Jackson's rules: records and beans are maps from property name to value.
   * Who reads ignores properties that it doesn't know and gives those that are missing their
   * default (null, zero, or what the bean's constructor set), so that old and new versions of a
   * type understand each other as long as properties keep their names and kinds.
   *
   * @param type a record, a bean, an enum or another type that Jackson can map without settings
   */
  public static <T> Codec<T> cbor(Class<T> type) {
    return new CborCodec<>(type);
  }
}
