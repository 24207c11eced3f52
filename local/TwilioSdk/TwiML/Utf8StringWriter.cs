using System.Globalization;
using System.Text;

namespace Twilio.TwiML;

/// <summary>A string writer whose XML declaration says utf-8, which is what the response is sent as.</summary>
public class Utf8StringWriter() : StringWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => Encoding.UTF8;
}
