/** Keys, certificates and kubeconfig files. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.pki;

import org.jspecify.annotations.NullMarked;
