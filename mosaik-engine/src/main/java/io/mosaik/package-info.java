@org.jspecify.annotations.NullMarked
package io.mosaik;
