package io.mosaik.wire;

import java.io.OutputStream;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * CBOR by Jackson, see {@link Codecs#cbor}. Its mapper is Mosaik's own: no setting of the
 * application changes what is on the wire.
 *
 * @param <T> the type of the values
 */
public final class CborCodec<T> implements Codec<T> {

  private static final CBORMapper MAPPER =
      CBORMapper.builder()
          .disable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Class<T> type;
  private final ObjectWriter writer;
  private final ObjectReader reader;

  /** For values of the type. */
  public CborCodec(Class<T> type) {
    this.type = Objects.requireNonNull(type);
    writer = MAPPER.writerFor(type);
    reader = MAPPER.readerFor(type);
  }

  @Override
  public void encode(T value, BinaryWriter out) {
    Objects.requireNonNull(value, "null can't be sent");
    writer.writeValue(new WriterStream(out), value);
  }

  /** Takes all of the reader's bytes. */
  @Override
  public T decode(BinaryReader in) {
    T value;
    try {
      value = reader.readValue(in.rest());
    } catch (JacksonException e) {
      throw new MalformedException("no " + type.getName() + ": " + e.getOriginalMessage(), e);
    }
    if (value == null) {
      throw new MalformedException("null instead of a " + type.getName());
    }
    return value;
  }

  @Override
  public String toString() {
    return "CBOR of " + type.getName();
  }

  /** Lets Jackson write into the writer; it comes with whole buffers, so nothing is kept here. */
  private static final class WriterStream extends OutputStream {

    private final BinaryWriter out;

    WriterStream(BinaryWriter out) {
      this.out = out;
    }

    @Override
    public void write(int octet) {
      out.u8(octet);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      out.raw(bytes, offset, length);
    }
  }
}
