/// The pages' style sheet; needs the charts' colours.
enum PageStyle {
  static let rules: Markup = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
    body{margin:0 auto;padding:0 16px 48px;max-width:1120px;background:var(--surface);color:var(--ink);\
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    a{color:var(--s1)}
    a:focus-visible,summary:focus-visible,.scroll:focus-visible,pre:focus-visible{outline:3px solid var(--s2);outline-offset:2px;border-radius:3px}
    main:focus{outline:none}
    .skip{position:absolute;left:-999px;top:8px;background:var(--surface);padding:8px 12px;z-index:2}
    .skip:focus{left:16px}
    .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    header{padding:40px 0 8px}
    .kicker{margin:0;color:var(--soft);font-size:14px;letter-spacing:.04em;text-transform:uppercase}
    h1{margin:2px 0 10px;font-size:clamp(28px,6vw,44px);line-height:1.15;letter-spacing:-.01em;overflow-wrap:anywhere}
    h2{margin:56px 0 14px;padding-top:14px;border-top:1px solid var(--rule);font-size:24px;line-height:1.25}
    h3{margin:28px 0 8px;font-size:17px}
    p{margin:0 0 12px;max-width:72ch}
    .lead{font-size:19px;max-width:60ch}
    .status{display:inline-block;margin:0 0 12px;padding:2px 12px;border:1px solid currentColor;border-radius:99px;font-size:14px;color:var(--s3)}
    .status.open{color:var(--miss)}
    .soft,.note{color:var(--soft);font-size:14px}
    nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0;list-style:none;font-size:15px}
    nav a{display:inline-block;padding:4px 0}
    .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));margin:0 1px 16px 0}
    .figures div{border:1px solid var(--rule);margin:0 -1px -1px 0;padding:12px 14px;min-width:0}
    .figures dt{color:var(--soft);font-size:13px}
    .figures dd{margin:0;font-size:22px;line-height:1.3;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    .figures dd.note{font-size:13px}
    .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:16px}
    figure{margin:0 0 16px;padding:14px;border:1px solid var(--rule);border-radius:8px;min-width:0;break-inside:avoid}
    .charts figure{margin:0}
    figcaption{margin:0 0 6px;font-weight:600;font-size:15px}
    svg.chart{display:block;width:100%;height:auto}
    figure:has(>.narrow){max-width:590px}
    details{margin-top:8px}
    summary{cursor:pointer;color:var(--soft);font-size:14px;padding:2px 0}
    .scroll{overflow-x:auto;max-width:100%}
    table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;min-width:min(100%,320px)}
    caption{text-align:left;color:var(--soft);font-size:13px;padding:4px 0}
    th,td{padding:5px 16px 5px 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top;white-space:nowrap}
    th{font-weight:600}
    tbody th{font-weight:400}
    th.number,td.number{text-align:right}
    tr>:last-child{padding-right:2px}
    tr.total th,tr.total td{border-top:2px solid var(--soft);font-weight:600}
    td.wide{white-space:normal;min-width:16ch;overflow-wrap:anywhere}
    td svg.chart{width:120px;height:28px}
    .good{color:var(--s3)}.damaged{color:var(--miss);font-weight:600}
    .tiles{display:flex;flex-wrap:wrap;gap:6px;margin:0 0 10px}
    .tiles img{display:block;width:44px;height:auto;image-rendering:pixelated;border:1px solid var(--rule)}
    .tiles.large img{width:84px}
    .mistakes{display:grid;grid-template-columns:repeat(auto-fill,minmax(96px,1fr));gap:10px;margin:0;padding:0;list-style:none}
    .mistakes li{padding:8px;border:1px solid var(--rule);border-radius:8px;font-size:13px;line-height:1.35;break-inside:avoid}
    .mistakes img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:4px;margin-bottom:6px;background:#000}
    .mistakes b{font-size:15px}.mistakes .soft{font-size:12px}
    pre{margin:0 0 12px;padding:12px 14px;overflow-x:auto;border:1px solid var(--rule);border-radius:8px;font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em;overflow-wrap:anywhere}
    pre code{font-size:1em;overflow-wrap:normal}
    .left-out,.warning{padding:10px 14px;border-left:4px solid var(--s2);background:color-mix(in srgb,var(--s2) 8%,transparent);max-width:none;overflow-wrap:anywhere}
    .left-out{border-left-color:var(--soft);background:color-mix(in srgb,var(--soft) 10%,transparent)}
    footer{margin-top:56px;padding-top:14px;border-top:1px solid var(--rule);color:var(--soft);font-size:14px}
    @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
    @media (max-width:480px){table{font-size:12.5px}th,td{padding-right:6px}figure{padding:10px}}
    @media print{
    @page{size:A4;margin:16mm 14mm}
    body{max-width:none;padding:0;font-size:10.5pt}
    nav,.skip,summary{display:none}
    h2{break-after:avoid;margin-top:24px}h2+p,h3+p{break-after:avoid}p{break-inside:avoid}
    h3,figcaption,caption{break-after:avoid}
    figure,.figures div,.mistakes li,tr{break-inside:avoid}
    details:not([open]){display:none}
    .charts{grid-template-columns:1fr 1fr}figure:has(details[open]){grid-column:1/-1}
    .mistakes{grid-template-columns:repeat(10,1fr);gap:5px}.mistakes li{padding:4px;font-size:7.5pt}.mistakes .soft{font-size:7.5pt}
    figure:has(>.narrow){max-width:120mm}table{font-size:9pt}
    .scroll{overflow:visible;break-inside:avoid}
    pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:7.5pt}
    th,td{white-space:normal}
    svg,img{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    }

    """
}
