using NodaTime;

namespace FamilyPa.Core.Families;

public static class TimeZones
{
    public static bool IsKnown(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null;

    /// <summary>The zone of that IANA name. A name that this version's data does not know reads as UTC, so that no message is lost over it.</summary>
    public static DateTimeZone Get(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) ?? DateTimeZone.Utc;
}
