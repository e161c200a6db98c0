/** Build-time generator of the schema resource; never on the product's run-time path. */
package io.jakube.schema.generator;
