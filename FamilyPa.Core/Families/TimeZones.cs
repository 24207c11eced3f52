using NodaTime;

namespace FamilyPa.Core.Families;

public static class TimeZones
{
    public static bool IsKnown(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null;

    /// <summary>The time zone of an IANA id. Unknown ids become UTC, so that a message does not fail because of them.</summary>
    public static DateTimeZone Get(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) ?? DateTimeZone.Utc;
}
