package io.mosaik.sample.demo;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Just enough of a JSON reader (RFC 8259) for the nodes' own answers: objects become maps, arrays
 * lists, numbers {@link BigDecimal}.
 */
final class Json {

  private static final int MAX_DEPTH = 32;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** A JSON object as a view with typed, complaining access. */
  record View(Map<String, @Nullable Object> values) {

    long number(String name) {
      if (values.get(name) instanceof BigDecimal number) {
        return number.longValueExact();
      }
      throw missing("number", name);
    }

    String text(String name) {
      if (values.get(name) instanceof String string) {
        return string;
      }
      throw missing("text", name);
    }

    boolean truth(String name) {
      if (values.get(name) instanceof Boolean bool) {
        return bool;
      }
      throw missing("boolean", name);
    }

    View object(String name) {
      if (values.get(name) instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new TreeMap<>();
        map.forEach((key, value) -> copy.put((String) key, value));
        return new View(copy);
      }
      throw missing("object", name);
    }

    private DemoException missing(String type, String name) {
      return new DemoException("a node's answer has no " + type + " \"" + name + "\": " + values);
    }
  }

  /**
   * Reads a JSON object.
   *
   * @throws DemoException if the text is something else
   */
  static View parse(String text) {
    var json = new Json(text);
    if (json.value(0) instanceof Map<?, ?> map) {
      json.skipBlanks();
      if (json.at < text.length()) {
        throw json.malformed();
      }
      return new View(Map.of("it", map)).object("it");
    }
    throw json.malformed();
  }

  private @Nullable Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw malformed();
    }
    skipBlanks();
    if (at >= text.length()) {
      throw malformed();
    }
    return switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    at++;
    if (take('}')) {
      return map;
    }
    do {
      skipBlanks();
      String name = string();
      expect(':');
      map.put(name, value(depth + 1));
    } while (take(','));
    expect('}');
    return map;
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    at++;
    if (take(']')) {
      return list;
    }
    do {
      list.add(value(depth + 1));
    } while (take(','));
    expect(']');
    return list;
  }

  private String string() {
    expect('"');
    var string = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      string.append(c == '\\' ? escape() : c);
    }
    throw malformed();
  }

  private char escape() {
    if (at >= text.length()) {
      throw malformed();
    }
    char c = text.charAt(at++);
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw malformed();
        }
        at += 4;
        try {
          yield (char) Integer.parseInt(text, at - 4, at, 16);
        } catch (NumberFormatException e) {
          throw malformed();
        }
      }
      default -> throw malformed();
    };
  }

  private BigDecimal number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return new BigDecimal(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw malformed();
    }
  }

  private @Nullable Object literal(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw malformed();
    }
    at += word.length();
    return value;
  }

  private boolean take(char c) {
    skipBlanks();
    boolean found = at < text.length() && text.charAt(at) == c;
    if (found) {
      at++;
    }
    return found;
  }

  private void expect(char c) {
    if (!take(c)) {
      throw malformed();
    }
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private DemoException malformed() {
    return new DemoException(
        "a node answered something that is no JSON object, at character " + at + ": " + text);
  }
}
