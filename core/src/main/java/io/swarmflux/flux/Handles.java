package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Handles of a class's own fields, for access that costs no more than it has to. Kept as constants, or they are slow. */
final class Handles {
    private Handles() {}

    /** The field of the class that looks it up. */
    static VarHandle of(MethodHandles.Lookup own, String field, Class<?> type) {
        try {
            return own.findVarHandle(own.lookupClass(), field, type);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }
}
