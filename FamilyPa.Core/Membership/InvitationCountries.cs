using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Membership;

/// <summary>The countries whose numbers members may invite.</summary>
public sealed class InvitationCountries(IOptions<AppSettings> settings)
{
    private readonly HashSet<string> countries = settings.Value.Countries() is { Count: > 0 } set
        ? [.. set]
        : [.. settings.Value.Numbers().Select(E164Phone.CountryOf).OfType<string>()];

    /// <param name="phone">In E.164.</param>
    public bool Allow(string phone) => E164Phone.CountryOf(phone) is { } country && countries.Contains(country);

    public override string ToString() => countries.Count > 0 ? string.Join(", ", countries.Order(StringComparer.Ordinal)) : "none, until INVITATION_COUNTRIES is set";
}
