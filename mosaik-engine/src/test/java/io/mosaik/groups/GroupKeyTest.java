package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GroupKeyTest {

  @Test
  void a_key_that_was_made_is_the_same_from_its_text_and_no_other() {
    GroupKey key = GroupKey.random();
    assertThat(key.text()).matches("[0-9a-f]{64}");
    assertThat(GroupKey.of(key.text())).isEqualTo(key);
    assertThat(GroupKey.random()).isNotEqualTo(key);
    assertThat(key.toString()).doesNotContain(key.text());
  }

  @Test
  void a_mark_tells_keys_apart_and_is_not_the_key() {
    GroupKey key = GroupKey.of("one");
    assertThat(key.mark()).isEqualTo(GroupKey.of("one").mark());
    assertThat(key.mark()).isNotEqualTo(GroupKey.of("another").mark());
    assertThat(key.mark().toHex()).isNotEqualTo(key.text());
  }
}
