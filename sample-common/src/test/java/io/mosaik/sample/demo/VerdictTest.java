package io.mosaik.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

  private static final String TRADER =
      "{'trader':'trader-1','sent':10,'finished':true}".replace('\'', '"');
  private static final String BOOK =
      ("{'orders':10,'pending':0,'resting':2,'fills':4,'fillsDigest':'f','stateDigest':'s',"
              + "'ordersByTrader':{'trader-1':10},'pairs':{'A-B':{'vwapTicks':1.5}},"
              + "'positions':{'trader-1':{'A-B':3}}}")
          .replace('\'', '"');
  private static final String REPORT =
      ("{'fills':4,'watermark':4,'gaps':[],'fillsDigest':'f',"
              + "'pairs':{'A-B':{'vwapTicks':1.5}},'positions':{'trader-1':{'A-B':3}}}")
          .replace('\'', '"');

  @Test
  void equal_and_complete_answers_are_right() {
    assertThat(check(TRADER, BOOK, REPORT)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"sent\":10 | \"sent\":9 | sent 9 of 10",
        "\"finished\":true | \"finished\":false | has not sent all",
      })
  void a_trader_that_is_not_done_is_named(String right, String wrong, String expected) {
    assertThat(check(TRADER.replace(right, wrong), BOOK, REPORT))
        .anySatisfy(problem -> assertThat(problem).contains(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"trader-1\":10 | \"trader-1\":9 | matcher-2 applied 9 of the 10",
        "\"trader-1\":10 | \"trader-1\":11 | matcher-2 applied 11 of the 10",
        "\"trader-1\":10 | \"trader-1\":10,\"x\":1 | matcher-2 applied orders of x",
        "\"pending\":0 | \"pending\":3 | matcher-2 still waits for 3",
        "\"stateDigest\":\"s\" | \"stateDigest\":\"t\" | differ in stateDigest: t and s",
        "\"resting\":2 | \"resting\":1 | differ in resting: 1 and 2",
        "\"fills\":4 | \"fills\":5 | differ in fills: 5 and 4",
        "\"A-B\":3 | \"A-B\":2 | differ in positions",
        "1.5 | 1.6 | differ in pairs",
      })
  void a_matcher_that_differs_is_named(String right, String wrong, String expected) {
    assertThat(check(TRADER, BOOK.replace(right, wrong), REPORT))
        .anySatisfy(problem -> assertThat(problem).contains(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"watermark\":4 | \"watermark\":3 | reporter-2 has all fills up to 3 of 4",
        "\"fills\":4 | \"fills\":5 | reporter-2 and matcher-1 differ in fills: 5 and 4",
        "\"fillsDigest\":\"f\" | \"fillsDigest\":\"g\" | differ in fillsDigest",
        "\"A-B\":3 | \"A-B\":2 | differ in positions",
        "1.5 | 1.6 | differ in pairs",
      })
  void a_reporter_that_differs_is_named(String right, String wrong, String expected) {
    assertThat(check(TRADER, BOOK, REPORT.replace(right, wrong)))
        .anySatisfy(problem -> assertThat(problem).contains(expected));
  }

  @Test
  void without_a_matcher_nothing_is_right() {
    assertThat(Verdict.check(0, Map.of(), Map.of(), Map.of())).contains("no matcher is left");
  }

  /** One trader, a right matcher and the given one, a right reporter and the given one. */
  private static List<String> check(String trader, String book, String report) {
    Map<String, Json.View> books = new LinkedHashMap<>();
    books.put("matcher-1", Json.parse(BOOK));
    books.put("matcher-2", Json.parse(book));
    Map<String, Json.View> reports = new LinkedHashMap<>();
    reports.put("reporter-1", Json.parse(REPORT));
    reports.put("reporter-2", Json.parse(report));
    return Verdict.check(10, Map.of("trader-1", Json.parse(trader)), books, reports);
  }
}
