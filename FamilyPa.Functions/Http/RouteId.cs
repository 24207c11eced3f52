namespace FamilyPa.Functions.Http;

internal static class RouteId
{
    /// <summary>An invalid id is treated as not found.</summary>
    public static Guid Of(string text) => Guid.TryParse(text, out var id) ? id : Guid.Empty;
}
