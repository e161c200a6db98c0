package io.jakube.apiserver.validation;

import java.util.List;

/** How objects of a type may be named. Thread-safe, stateless. */
@FunctionalInterface
public interface NameRule {
    /** RFC 1123 subdomain, at most 253 characters: most types. */
    NameRule DNS_SUBDOMAIN = (name, prefix) -> Names.dnsSubdomain(prefix ? Names.maskTrailingDash(name) : name);

    /** RFC 1123 label, at most 63 characters: namespaces. */
    NameRule DNS_LABEL = (name, prefix) -> Names.dnsLabel(prefix ? Names.maskTrailingDash(name) : name);

    /** RFC 1035 label, at most 63 characters, starting with a letter: services. */
    NameRule DNS1035_LABEL = (name, prefix) -> Names.dns1035Label(prefix ? Names.maskTrailingDash(name) : name);

    /** Anything that can stand in a URL path: RBAC objects. */
    NameRule PATH_SEGMENT = Names::pathSegment;

    /**
     * Checks a name.
     *
     * @param prefix whether the name is only the beginning of one ({@code generateName})
     * @return what is wrong with it, in upstream's words; empty where it is right
     */
    List<String> check(String name, boolean prefix);
}
