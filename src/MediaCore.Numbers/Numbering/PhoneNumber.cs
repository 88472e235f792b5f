namespace MediaCore.Numbers.Numbering;

/// <summary>A telephone number as the numbering plans read it.</summary>
/// <param name="E164"><c>+</c>, country code and national number, ITU-T E.164.</param>
/// <param name="CallingCode">Country code, 1 to 3 digits.</param>
/// <param name="National">National (significant) number, leading zeros that belong to it included.</param>
/// <param name="Country">ISO 3166-1 alpha-2; <c>001</c> where the country code is of no country; where several countries share it and none has the number, the first of them.</param>
/// <param name="Type">Kind.</param>
/// <param name="Validity">What the plan says.</param>
public readonly record struct PhoneNumber(string E164, string CallingCode, string National, string Country, NumberType Type, NumberValidity Validity);
