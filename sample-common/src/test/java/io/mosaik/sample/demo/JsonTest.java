package io.mosaik.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @Test
  void values_come_out_by_name_and_type() {
    Json.View view =
        Json.parse(
            " {\"n\": -12, \"t\":\"a\\\"\\u00e9\\n\", \"b\":true, \"o\":{\"x\":1e2}, \"l\":[ ],"
                + " \"e\":{}, \"z\":null} ");
    assertThat(view.number("n")).isEqualTo(-12);
    assertThat(view.text("t")).isEqualTo("a\"é\n");
    assertThat(view.truth("b")).isTrue();
    assertThat(view.object("o").number("x")).isEqualTo(100);
    assertThat(view.values().get("l")).isEqualTo(List.of());
    assertThat(view.object("e").values()).isEmpty();
    assertThat(view.values()).containsEntry("z", null);
  }

  @Test
  void a_missing_value_is_named() {
    assertThatThrownBy(() -> Json.parse("{\"a\":1}").text("b"))
        .hasMessageContaining("no text \"b\"");
    assertThatThrownBy(() -> Json.parse("{\"a\":1}").text("a")).hasMessageContaining("no text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "[]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1} x",
        "{\"a\":tru}",
        "{\"a\":\"",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":1.2.3}",
        "{'a':1}"
      })
  void what_is_no_json_object_is_refused(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(DemoException.class);
  }

  @Test
  void depth_is_bounded() {
    assertThatThrownBy(() -> Json.parse("{\"a\":" + "[".repeat(100_000)))
        .isInstanceOf(DemoException.class);
  }
}
