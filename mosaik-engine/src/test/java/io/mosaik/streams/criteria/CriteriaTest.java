package io.mosaik.streams.criteria;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CriteriaTest {

  enum Side {
    BUY,
    SELL
  }

  record Place(String country, int zip) {}

  record Account(String name, @Nullable Place place) {}

  record Order(
      @Nullable String pair,
      Side side,
      long quantity,
      int lots,
      @Nullable Integer rank,
      double price,
      float ratio,
      @Nullable BigDecimal fee,
      BigInteger nonce,
      boolean limit,
      char venue,
      @Nullable Account account,
      List<String> notes) {}

  static final Order ORDER =
      new Order(
          "BTC-USD",
          Side.BUY,
          1L << 40,
          7,
          null,
          99.5,
          0.1f,
          new BigDecimal("1.50"),
          BigInteger.TWO.pow(100),
          true,
          'X',
          new Account("ann", new Place("CH", 8000)),
          List.of());

  private static boolean holds(Criteria criteria) {
    return new CriteriaCompiler(Order.class).compile(criteria).test(ORDER);
  }

  @Test
  void components_of_each_kind_are_compared_by_value() {
    assertThat(holds(where("pair").is("BTC-USD"))).isTrue();
    assertThat(holds(where("pair").in("ETH-USD", "BTC-USD"))).isTrue();
    assertThat(holds(where("pair").in("ETH-USD", "BTC-EUR"))).isFalse();
    assertThat(holds(where("pair").startsWith("BTC-"))).isTrue();
    assertThat(holds(where("pair").startsWith("ETH-"))).isFalse();
    assertThat(holds(where("pair").between("BTC", "BTD"))).isTrue();
    assertThat(holds(where("pair").greaterThan("BTC-USD"))).isFalse();
    assertThat(holds(where("side").is(Side.BUY))).isTrue();
    assertThat(holds(where("side").in("SELL"))).isFalse();
    assertThat(holds(where("quantity").is(1L << 40))).isTrue();
    assertThat(holds(where("quantity").in(1, 2, 3))).isFalse();
    assertThat(holds(where("lots").in(1, 7.0, 9))).isTrue();
    assertThat(holds(where("price").is(99.5))).isTrue();
    assertThat(holds(where("price").in(1, 99.5, 100))).isTrue();
    assertThat(holds(where("ratio").is(0.1))).isTrue();
    assertThat(holds(where("fee").is(1.5))).isTrue();
    assertThat(holds(where("nonce").is(BigInteger.TWO.pow(100)))).isTrue();
    assertThat(holds(where("venue").is('X'))).isTrue();
    assertThat(holds(where("venue").in(List.of('Y', 'Z')))).isFalse();
    assertThat(holds(where("limit").is(true))).isTrue();
    assertThat(holds(where("limit").is(false))).isFalse();
    assertThat(holds(where("venue").in("X", "Y"))).isTrue();
    assertThat(holds(where("account.name").is("ann"))).isTrue();
    assertThat(holds(where("account.place.zip").atLeast(8000))).isTrue();
  }

  @Test
  void each_order_has_its_sides() {
    for (String component : List.of("lots", "quantity", "price", "fee", "nonce")) {
      Number value =
          switch (component) {
            case "lots" -> 7;
            case "quantity" -> 1L << 40;
            case "price" -> 99.5;
            case "fee" -> new BigDecimal("1.5");
            default -> BigInteger.TWO.pow(100);
          };
      var subject = where(component);
      assertThat(holds(subject.atLeast(value))).isTrue();
      assertThat(holds(subject.atMost(value))).isTrue();
      assertThat(holds(subject.lessThan(value))).isFalse();
      assertThat(holds(subject.greaterThan(value))).isFalse();
      assertThat(holds(subject.greaterThan(1))).isTrue();
      assertThat(holds(subject.lessThan(1))).isFalse();
    }
  }

  @Test
  void criteria_are_joined_and_turned_round() {
    Criteria yes = where("lots").is(7);
    Criteria no = where("lots").is(8);
    assertThat(holds(yes.and(yes))).isTrue();
    assertThat(holds(yes.and(no))).isFalse();
    assertThat(holds(no.or(yes))).isTrue();
    assertThat(holds(no.or(no))).isFalse();
    assertThat(holds(no.negate())).isTrue();
    assertThat(holds(yes.and(no).negate().and(yes))).isTrue();
    assertThat(yes.and(where("pair").startsWith("B").or(no)).negate())
        .hasToString("not (lots = 7 and (pair starts with 'B' or lots = 8))");
  }

  @Test
  void null_satisfies_no_comparison_and_each_negation() {
    assertThat(holds(where("rank").atLeast(Integer.MIN_VALUE))).isFalse();
    assertThat(holds(where("rank").atLeast(0).negate())).isTrue();
    var lone = new CriteriaCompiler(Account.class).compile(where("place.country").is("CH"));
    assertThat(lone.test(new Account("bob", null))).isFalse();
    assertThat(lone.negate().test(new Account("bob", null))).isTrue();
  }

  @Test
  void zero_is_zero_and_not_a_number_is_none() {
    record Real(double value) {}
    var compiler = new CriteriaCompiler(Real.class);
    assertThat(compiler.compile(where("value").is(0)).test(new Real(-0.0))).isTrue();
    assertThat(compiler.compile(where("value").is(-0.0)).test(new Real(0))).isTrue();
    assertThat(compiler.compile(where("value").lessThan(5)).test(new Real(Double.NaN))).isFalse();
    assertThat(compiler.compile(where("value").atLeast(5)).test(new Real(Double.NaN))).isFalse();
    assertThatThrownBy(() -> where("value").is(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void what_a_type_cannot_answer_is_named() {
    refused(where("pari").is("x"), "'pari'", "Order", "pair, side");
    refused(where("account.place.town").is("x"), "'account.place.town'", "Place", "country, zip");
    refused(where("pair.length").is(3), "'pair.length'", "String", "no record");
    refused(where("notes").is("x"), "'notes'", "List");
    refused(where("pair").is(3), "'pair'", "a number");
    refused(where("lots").is("7"), "'lots'", "a text");
    refused(where("lots").is(7.5), "'lots'", "whole number", "7.5");
    refused(where("quantity").atLeast(BigInteger.TWO.pow(63)), "'quantity'", "64 bits");
    refused(where("quantity").atLeast(new BigDecimal("1e400")), "'quantity'", "64 bits");
    refused(where("price").is(new BigDecimal("1e400")), "'price'", "double");
    refused(where("price").is(true), "'price'", "a boolean");
    refused(where("limit").is("yes"), "'limit'", "a text");
    refused(where("side").is("HOLD"), "'side'", "Side", "HOLD");
    refused(where("side").lessThan("SELL"), "'side'", "no order");
    refused(where("lots").startsWith("7"), "'lots'", "starts");
  }

  private static void refused(Criteria criteria, String... words) {
    assertThatThrownBy(() -> new CriteriaCompiler(Order.class).compile(criteria))
        .isInstanceOf(CriteriaMismatchException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words).doesNotContain("\n"));
  }

  @Test
  void two_that_say_the_same_are_equal() {
    assertThat(where("pair").in("a", "b", "a")).isEqualTo(where("pair").in("b", "a"));
    assertThat(where("price").is(1)).isEqualTo(where("price").is(new BigDecimal("1.000")));
    assertThat(where("side").is(Side.BUY)).isEqualTo(where("side").is("BUY"));
    Criteria a = where("a").is(1);
    Criteria b = where("b").is(1);
    Criteria c = where("c").is(1);
    assertThat(a.and(b).and(c)).isEqualTo(a.and(b.and(c)));
    assertThat(a.or(b).or(c)).isEqualTo(a.or(b.or(c)));
    assertThat(a.negate().negate()).isEqualTo(a);
    assertThat(a.and(b)).isNotEqualTo(a.or(b));
  }

  @Test
  void one_that_is_too_large_cannot_be_made() {
    assertThatThrownBy(() -> nest(Criteria.MAX_DEPTH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("levels");
    assertThat(nest(Criteria.MAX_DEPTH - 1)).isNotNull();
    assertThatThrownBy(() -> where("a").in(Collections.nCopies(Criteria.MAX_SIZE, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many");
    var many = where("a").in(Collections.nCopies(1, 1).stream().toList());
    assertThatThrownBy(() -> fold(many, Criteria.MAX_SIZE, Criteria::or))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("operators and values");
    assertThatThrownBy(() -> where("a").is("x".repeat(Criteria.MAX_TEXT_BYTES + 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> where("a").is(BigInteger.TWO.pow(256)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> where("a").is(new BigDecimal("1e-600")))
        .isInstanceOf(IllegalArgumentException.class);
    for (String name : List.of("", ".", "a.", "a..b", "a b", "a\nb", "a.".repeat(20) + "a")) {
      assertThatThrownBy(() -> where(name)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> where("a").in(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> where("a").in(List.of(1, "b")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Criteria nest(int levels) {
    Criteria inner = where("a").is(1);
    for (int i = 0; i < levels; i++) {
      inner = i % 2 == 0 ? inner.and(where("b").is(2)) : inner.or(where("c").is(3));
    }
    return inner;
  }

  private static Criteria fold(
      Criteria one, int count, BiFunction<Criteria, Criteria, Criteria> joining) {
    Criteria all = one;
    for (int i = 1; i < count; i++) {
      all = joining.apply(all, one);
    }
    return all;
  }
}
