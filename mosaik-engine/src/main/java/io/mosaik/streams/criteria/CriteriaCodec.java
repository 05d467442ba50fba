package io.mosaik.streams.criteria;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Criteria as bytes: a kind, then the fields. Depth, counts and lengths are checked before anything
 * is built. Stateless.
 */
public final class CriteriaCodec implements Codec<Criteria> {

  private static final int ALL_OF = 1;
  private static final int ANY_OF = 2;
  private static final int NEGATION = 3;
  private static final int MEMBERSHIP = 4;
  private static final int ORDERING = 5;
  private static final int PREFIX = 6;

  private static final int TEXT = 1;
  private static final int NUMERIC = 2;
  private static final int FLAG = 3;

  @Override
  public void encode(Criteria criteria, BinaryWriter out) {
    switch (criteria) {
      case AllOf(var parts) -> encode(parts, out.u8(ALL_OF));
      case AnyOf(var parts) -> encode(parts, out.u8(ANY_OF));
      case Negation(var part) -> encode(part, out.u8(NEGATION));
      case Membership(var path, var values) -> {
        out.u8(MEMBERSHIP).string(path.toString()).varint(values.size());
        values.forEach(value -> encode(value, out));
      }
      case Ordering(var path, var order, var bound) -> {
        out.u8(ORDERING).string(path.toString()).u8(numberOf(order));
        encode(bound, out);
      }
      case Prefix(var path, var prefix) -> out.u8(PREFIX).string(path.toString()).string(prefix);
    }
  }

  private void encode(List<Criteria> parts, BinaryWriter out) {
    out.varint(parts.size());
    parts.forEach(part -> encode(part, out));
  }

  private static void encode(Literal value, BinaryWriter out) {
    switch (value) {
      case Literal.Text(var text) -> out.u8(TEXT).string(text);
      case Literal.Numeric(var number) ->
          out.u8(NUMERIC)
              .varint(zigzag(number.scale()))
              .bytes(number.unscaledValue().toByteArray());
      case Literal.Flag(var flag) -> out.u8(FLAG).bool(flag);
    }
  }

  @Override
  public Criteria decode(BinaryReader in) {
    return new Decoder(in).criteria(1);
  }

  private static int numberOf(Ordering.Order order) {
    return switch (order) {
      case LESS_THAN -> 1;
      case AT_MOST -> 2;
      case AT_LEAST -> 3;
      case GREATER_THAN -> 4;
    };
  }

  private static Ordering.Order order(int number) {
    return switch (number) {
      case 1 -> Ordering.Order.LESS_THAN;
      case 2 -> Ordering.Order.AT_MOST;
      case 3 -> Ordering.Order.AT_LEAST;
      case 4 -> Ordering.Order.GREATER_THAN;
      default -> throw new MalformedException("criteria with the unknown order " + number);
    };
  }

  private static long zigzag(int scale) {
    return scale < 0 ? -2L * scale - 1 : 2L * scale;
  }

  /** One decoding: how much of the whole may still come. */
  private static final class Decoder {

    private final BinaryReader in;
    private int sizeLeft = Criteria.MAX_SIZE;

    Decoder(BinaryReader in) {
      this.in = in;
    }

    Criteria criteria(int depth) {
      if (depth > Criteria.MAX_DEPTH) {
        throw new MalformedException("criteria of more than " + Criteria.MAX_DEPTH + " levels");
      }
      spend(1);
      int kind = in.u8();
      return switch (kind) {
        case ALL_OF -> {
          List<Criteria> parts = parts(depth);
          yield checked(() -> new AllOf(parts));
        }
        case ANY_OF -> {
          List<Criteria> parts = parts(depth);
          yield checked(() -> new AnyOf(parts));
        }
        case NEGATION -> {
          Criteria part = criteria(depth + 1);
          yield checked(() -> new Negation(part));
        }
        case MEMBERSHIP -> {
          Path path = path();
          List<Literal> values = literals();
          yield checked(() -> new Membership(path, values));
        }
        case ORDERING -> {
          Path path = path();
          Ordering.Order order = order(in.u8());
          Literal bound = literal();
          yield checked(() -> new Ordering(path, order, bound));
        }
        case PREFIX -> {
          Path path = path();
          String prefix = in.string(Criteria.MAX_TEXT_BYTES);
          yield new Prefix(path, prefix);
        }
        default -> throw new MalformedException("criteria of the unknown kind " + kind);
      };
    }

    private List<Criteria> parts(int depth) {
      int count = in.count(sizeLeft, 2);
      if (count < 2) {
        throw new MalformedException("criteria that join " + count);
      }
      var parts = new ArrayList<Criteria>(count);
      for (int i = 0; i < count; i++) {
        parts.add(criteria(depth + 1));
      }
      return parts;
    }

    private List<Literal> literals() {
      int count = in.count(sizeLeft, 2);
      var values = new ArrayList<Literal>(count);
      for (int i = 0; i < count; i++) {
        values.add(literal());
      }
      return values;
    }

    private Literal literal() {
      spend(1);
      int kind = in.u8();
      return switch (kind) {
        case TEXT -> new Literal.Text(in.string(Criteria.MAX_TEXT_BYTES));
        case NUMERIC -> {
          int scale = scale(in.varint());
          byte[] digits = in.bytes(Literal.Numeric.MAX_BITS / 8);
          yield checked(() -> new Literal.Numeric(new BigDecimal(new BigInteger(digits), scale)));
        }
        case FLAG -> new Literal.Flag(in.bool());
        default -> throw new MalformedException("criteria with a value of the kind " + kind);
      };
    }

    private static int scale(long zigzag) {
      if (zigzag > 2L * Literal.Numeric.MAX_SCALE) {
        throw new MalformedException("criteria with a number of too large an exponent");
      }
      return (int) (zigzag >>> 1) ^ -(int) (zigzag & 1);
    }

    private Path path() {
      String text = in.string(Criteria.MAX_TEXT_BYTES);
      return checked(() -> Path.of(text));
    }

    private void spend(int size) {
      sizeLeft -= size;
      if (sizeLeft < 0) {
        throw new MalformedException(
            "criteria of more than " + Criteria.MAX_SIZE + " operators and values");
      }
    }

    /** What a record doesn't take, a peer may not send. */
    private static <T> T checked(Supplier<T> making) {
      try {
        return making.get();
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new MalformedException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}
