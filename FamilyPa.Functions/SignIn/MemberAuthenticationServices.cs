using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Functions.SignIn;

public static class MemberAuthenticationServices
{
    /// <summary>Registers the authentication of browsers (cookie) and programs (bearer token).</summary>
    public static IServiceCollection AddMemberAuthentication(this IServiceCollection services) => services
        .AddSingleton<MemberAuthentication>();
}
